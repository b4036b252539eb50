import { constants } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { BOUNDS } from "./bounds.ts";
import { ImportFileError } from "./table.ts";

/** Where an export is: at a path, or at hand under the name that it would have. */
export type FileSource = string | { name: string; bytes: Uint8Array };

/** The bytes of an export, and what its name says it is. */
interface FileBytes {
  format: "csv" | "xlsx";
  bytes: Buffer;
}

/**
 * Reads a regular file, or what a link to one leads to, whole.
 *
 * @throws ImportFileError when it is not one, is not named `.csv` or `.xlsx`, is empty or over the bound
 */
export async function readFileBytes(source: FileSource, signal?: AbortSignal): Promise<FileBytes> {
  const name = typeof source === "string" ? source : source.name;
  const format = /\.(csv|xlsx)$/iu.exec(name)?.[1]?.toLowerCase() as "csv" | "xlsx" | undefined;
  if (!format)
    throw new ImportFileError(`Only .csv and .xlsx files are read; ${name} is named otherwise.`);
  const bytes =
    typeof source === "string" ? await fileAt(source, signal) : Buffer.from(source.bytes);
  if (bytes.length === 0) throw new ImportFileError("The file is empty.");
  if (bytes.length > BOUNDS.fileBytes) throw fileTooLarge();
  return { format, bytes };
}

async function fileAt(path: string, signal?: AbortSignal): Promise<Buffer> {
  const file = await opened(path);
  try {
    const { size } = await regular(file, path);
    if (size > BOUNDS.fileBytes) throw fileTooLarge();
    signal?.throwIfAborted();
    const bytes = await file.readFile();
    signal?.throwIfAborted();
    return bytes;
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
    throw new ImportFileError(unopened(path, (error as NodeJS.ErrnoException).code));
  }
}

function unopened(path: string, code: string | undefined): string {
  if (code === "ENOENT" || code === "ENOTDIR") return `There is no file at ${path}.`;
  if (code === "EACCES" || code === "EPERM") return `This user may not read ${path}.`;
  if (code === "EISDIR") return isAFolder(path);
  return `${path} cannot be opened.`;
}

function isAFolder(path: string): string {
  return `${path} is a folder, not a file.`;
}

async function regular(file: FileHandle, path: string): Promise<{ size: number }> {
  const status = await file.stat();
  if (status.isDirectory()) throw new ImportFileError(isAFolder(path));
  if (!status.isFile()) {
    throw new ImportFileError(`${path} is not a regular file but a device, a pipe or a socket.`);
  }
  return status;
}
