import { constants } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { BOUNDS } from "./bounds.ts";
import { ImportFileError } from "./table.ts";

/** The bytes of an export, and what its name says it is. */
export interface FileBytes {
  format: "csv" | "xlsx";
  bytes: Buffer;
}

/**
 * Reads a regular file, or what a link to one leads to, whole.
 *
 * @throws ImportFileError when it is not one, is not named `.csv` or `.xlsx`, is empty or over the bound
 */
export async function readFileBytes(path: string, signal?: AbortSignal): Promise<FileBytes> {
  const format = /\.(csv|xlsx)$/iu.exec(path.trim())?.[1]?.toLowerCase() as
    "csv" | "xlsx" | undefined;
  if (!format) {
    throw new ImportFileError(
      "Only .csv and .xlsx files are read; file_path names another kind of file.",
    );
  }
  const file = await opened(path);
  try {
    const { size } = await regular(file);
    if (size === 0) throw new ImportFileError("The file is empty.");
    if (size > BOUNDS.fileBytes) throw fileTooLarge();
    signal?.throwIfAborted();
    const bytes = await file.readFile();
    signal?.throwIfAborted();
    // It may have grown meanwhile.
    if (bytes.length > BOUNDS.fileBytes) throw fileTooLarge();
    return { format, bytes };
  } finally {
    await file.close();
  }
}

function fileTooLarge(): ImportFileError {
  return new ImportFileError(
    `The file is larger than ${String(BOUNDS.fileBytes / 1024 / 1024)} MB; split it into smaller ones.`,
  );
}

async function opened(path: string): Promise<FileHandle> {
  try {
    // Without O_NONBLOCK opening a pipe would wait for somebody to write to it. Windows has neither.
    // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- missing on Windows
    return await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    throw new ImportFileError(unopened((error as NodeJS.ErrnoException).code));
  }
}

function unopened(code: string | undefined): string {
  if (code === "ENOENT" || code === "ENOTDIR") return "There is no file at file_path.";
  if (code === "EACCES" || code === "EPERM") return "The file may not be read by this user.";
  if (code === "EISDIR") return "file_path is a folder, not a file.";
  return "The file at file_path cannot be opened.";
}

async function regular(file: FileHandle): Promise<{ size: number }> {
  const status = await file.stat();
  if (status.isDirectory()) throw new ImportFileError("file_path is a folder, not a file.");
  if (!status.isFile()) {
    throw new ImportFileError("file_path is not a regular file but a device, a pipe or a socket.");
  }
  return status;
}
