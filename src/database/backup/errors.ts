/** A backup cannot be made, read or restored; the message is a sentence or two for a person. */
export class BackupFailed extends Error {
  override readonly name = "BackupFailed";
}

/** Turns what the disk refuses with into a sentence about the file; any other error passes unchanged. */
export function aboutFile(error: unknown, file: string): unknown {
  if (!(error instanceof Error) || !("syscall" in error)) return error;
  const { code = "", path } = error as NodeJS.ErrnoException;
  const sentence = SENTENCES[code]?.(file) ?? (path && `${file} cannot be used (${code}).`);
  return sentence ? new BackupFailed(sentence, { cause: error }) : error;
}

const full = (file: string) => `The disk of ${file} is full; free some space, then try again.`;
const closed = (file: string) => `This user may not read or write ${file}.`;
const absent = (file: string) => `There is no ${file}.`;

const SENTENCES: Record<string, (file: string) => string> = {
  ENOSPC: full,
  EDQUOT: full,
  EACCES: closed,
  EPERM: closed,
  EROFS: (file) => `The disk of ${file} can only be read.`,
  ENOENT: absent,
  ENOTDIR: absent,
  EEXIST: (file) => `A part of the path ${file} is a file, not a folder.`,
  EISDIR: (file) => `${file} is a folder, not a file.`,
};
