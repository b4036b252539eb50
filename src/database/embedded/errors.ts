/** A fault of the embedded database, told in one or two plain sentences; never holds a password. */
export class EmbeddedDatabaseError extends Error {
  override readonly name = "EmbeddedDatabaseError";
}

/** Whether `error` is a system error with one of these codes, such as "ENOENT". */
export function hasCode(error: unknown, ...codes: string[]): boolean {
  const code = codeOf(error);
  return code !== undefined && codes.includes(code);
}

/** The code of a system or PostgreSQL error, or undefined. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code } = error as NodeJS.ErrnoException;
  return typeof code === "string" ? code : undefined;
}

/** The sentence for a full disk, whoever noticed it. */
export function diskFull(folder: string): string {
  return `The disk that holds ${folder} is full. Free some space and try again.`;
}

/**
 * Runs `work` and turns the system errors it throws into sentences about `folder`. Errors that are
 * no system errors are faults of the program and pass unchanged.
 */
export async function explaining<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = codeOf(error);
    if (error instanceof EmbeddedDatabaseError || code === undefined) throw error;
    throw new EmbeddedDatabaseError(sentenceFor(code, folder), { cause: error });
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
      return `The data folder ${folder} lies on a read-only disk. Choose another folder with OUTREACH_DATA_DIR.`;
    case "ENOTDIR":
    case "EEXIST":
      return `${folder} cannot be a data folder, because it or a part of its path is a file. Choose another folder with OUTREACH_DATA_DIR.`;
    default:
      return `The data folder ${folder} cannot be used (${code}). Choose another folder with OUTREACH_DATA_DIR.`;
  }
}
