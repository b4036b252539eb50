import { type Folder, folderAt } from "./folder/layout.ts";

/** A fault of the embedded database, told in one or two plain sentences; never holds a password. */
export class EmbeddedDatabaseError extends Error {
  override readonly name = "EmbeddedDatabaseError";
}

/** Whether `error` is a system error with one of these codes, such as "ENOENT". */
export function hasCode(error: unknown, ...codes: string[]): boolean {
  return codes.includes(codeOf(error) ?? "");
}

/** For `catch`: gives `value` in place of a system error with one of these codes; any other goes on. */
export function instead<Value>(value: Value, ...codes: string[]): (error: unknown) => Value {
  return (error) => {
    if (hasCode(error, ...codes)) return value;
    throw error;
  };
}

/** The code of a system or PostgreSQL error, or undefined. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code } = error as NodeJS.ErrnoException;
  return typeof code === "string" ? code : undefined;
}

/** Whether PostgreSQL's output complains of a full disk. */
export function saysDiskFull(output: string): boolean {
  return /No space left on device|quota exceeded/i.test(output);
}

/** The sentence for a full disk, whoever noticed it. */
export function diskFull(folder: string): string {
  return `The disk that holds ${folder} is full. Free some space and try again.`;
}

/**
 * Runs `work` on a data folder and turns the system errors it throws into sentences about it. Errors
 * that are not system errors are faults of the program and pass unchanged.
 */
export async function explaining<Result>(
  dataDirectory: string,
  work: (folder: Folder) => Promise<Result>,
): Promise<Result> {
  const folder = folderAt(dataDirectory);
  try {
    return await work(folder);
  } catch (error) {
    const code = codeOf(error);
    if (error instanceof EmbeddedDatabaseError || code === undefined) throw error;
    throw new EmbeddedDatabaseError(sentenceFor(code, folder.root), { cause: error });
  }
}

function sentenceFor(code: string, folder: string): string {
  switch (code) {
    case "ENOSPC":
    case "EDQUOT":
      return diskFull(folder);
    case "EACCES":
    case "EPERM":
      return `This user may not read and write the data folder ${folder}. Change its permissions, or choose another folder with OUTREACH_DATA_DIR.`;
    case "EROFS":
      return `The data folder ${folder} is on a read-only disk. Choose another folder with OUTREACH_DATA_DIR.`;
    case "ENOTDIR":
    case "EEXIST":
      return `${folder} cannot be a data folder, because it or a part of its path is a file. Choose another folder with OUTREACH_DATA_DIR.`;
    default:
      return `The data folder ${folder} cannot be used (${code}). Choose another folder with OUTREACH_DATA_DIR.`;
  }
}
