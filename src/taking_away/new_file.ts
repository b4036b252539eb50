import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { copyFile, link, lstat, open, rm, stat } from "node:fs/promises";
import path from "node:path";
import { ToolError } from "../mcp/errors.ts";
import { plain } from "../mcp/render.ts";
import { numbered } from "../words/counts.ts";
import { personsPath } from "../words/paths.ts";

/** What a file that leaves the database may be. */
export type Format = "csv" | "xlsx" | "json" | "html";

/** Where a new file goes. */
export interface Place {
  folder: string;
  /** Its name without the ending. */
  stem: string;
  format: Format;
  /** The name is one that somebody gave: no number is added where a file has it. */
  isGiven: boolean;
}

/** A file that was written. */
export interface WrittenFile {
  /** Absolute. */
  path: string;
  format: Format;
  bytes: number;
}

/**
 * Says where a new file goes, and refuses what cannot be before anything is asked or written.
 *
 * @param wanted.name words of which the name is made where none is given
 * @param wanted.given path as a person writes it, of a file or of a folder; what is relative is so to the folder
 *   of exports, and an ending may be left out
 * @param exportFolder the folder of exports; asked only where it is needed
 * @throws ToolError where there is no such folder, a file is there already, or the ending is another
 */
export async function placeFor(
  wanted: { name: string; given: string | undefined; format: Format },
  exportFolder: () => string,
): Promise<Place> {
  const { name, given, format } = wanted;
  const own = { stem: fileName(name), format, isGiven: false };
  if (given === undefined) return inFolder({ ...own, folder: exportFolder() });
  const meant = personsPath(given, exportFolder);
  if (await isFolder(meant)) return { ...own, folder: meant };
  const { dir, name: stem, ext } = path.parse(meant);
  if (ext !== "" && ext.toLowerCase() !== `.${format}`) {
    throw new ToolError(
      `file_path must end in .${format}, as format says; ${plain(meant)} ends in ${plain(ext)}.`,
    );
  }
  const place = await inFolder({ folder: dir, stem, format, isGiven: true });
  const file = fileIn(place);
  if (await isThere(file)) throw alreadyThere(file);
  return place;
}

/** Bytes of a file: more than any spreadsheet opens, and less than what fills a disk. */
const MOST_BYTES = 1024 ** 3;

/**
 * Writes a new file that only its owner may read. It is there when it is whole; nothing is left of one that
 * cannot be finished.
 *
 * @param pieces what it holds, in UTF-8; what they throw is thrown
 * @param most bytes that it may have
 * @throws ToolError where it cannot be written, or would be larger
 */
export async function writeNewFile(
  place: Place,
  pieces: AsyncIterable<string | Uint8Array>,
  most = MOST_BYTES,
): Promise<WrittenFile> {
  const unfinished = path.join(place.folder, `.${randomUUID()}.unfinished`);
  try {
    const bytes = await write(unfinished, pieces, most);
    return { path: await named(unfinished, place), format: place.format, bytes };
  } catch (error) {
    throw inWords(error, place) ?? error;
  } finally {
    await rm(unfinished, { force: true }).catch(() => undefined);
  }
}

async function write(
  file: string,
  pieces: AsyncIterable<string | Uint8Array>,
  most: number,
): Promise<number> {
  const handle = await open(file, "wx", 0o600);
  let bytes = 0;
  try {
    for await (const piece of pieces) {
      bytes += Buffer.byteLength(piece);
      if (bytes > most) {
        throw new ToolError(
          `The file would be larger than ${numbered(most / 1024 ** 2)} MB; narrow what goes into it.`,
        );
      }
      await handle.writeFile(piece);
    }
    // A disk that is full may say so only here.
    await handle.sync();
    return bytes;
  } finally {
    await handle.close();
  }
}

/** Files of one name that are numbered. */
const MOST_NUMBERED = 1000;

/** Gives a whole file its name, which no other file has. */
async function named(unfinished: string, place: Place): Promise<string> {
  for (let number = 1; ; number += 1) {
    const file = fileIn(place, number);
    try {
      await give(unfinished, file);
      return file;
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw error;
      if (place.isGiven || number === MOST_NUMBERED) throw alreadyThere(file);
    }
  }
}

/** By a second name for it, as renaming would replace what is there; not every disk knows second names. */
async function give(unfinished: string, file: string): Promise<void> {
  try {
    await link(unfinished, file);
  } catch (error) {
    if (codeOf(error) === "EEXIST") throw error;
    await copyFile(unfinished, file, constants.COPYFILE_EXCL);
  }
}

function fileIn({ folder, stem, format }: Place, number = 1): string {
  return path.join(folder, `${stem}${number === 1 ? "" : ` (${String(number)})`}.${format}`);
}

/** Words as the name of a file that every system takes: at most 255 bytes with number and ending. */
function fileName(words: string): string {
  const name = words.replace(/[\p{C}\p{Z}\\/:*?"<>|]+/gu, " ").replace(/^[. ]+/u, "");
  return Array.from(name).slice(0, 60).join("").trim();
}

async function inFolder(place: Place): Promise<Place> {
  if (await isFolder(place.folder)) return place;
  throw noFolder(place.folder);
}

async function isFolder(place: string): Promise<boolean> {
  return (await stat(place).catch(() => null))?.isDirectory() ?? false;
}

async function isThere(file: string): Promise<boolean> {
  return (await lstat(file).catch(() => null)) !== null;
}

function noFolder(folder: string): ToolError {
  return new ToolError(`There is no folder ${plain(folder)}; make it, or name another.`);
}

function alreadyThere(file: string): ToolError {
  return new ToolError(
    `There is a file at ${plain(file)} already, and none is ever replaced; give another name.`,
  );
}

/** What writing to a file does, so that a lost connection is not taken for it. */
const WRITING = new Set(["open", "write", "fsync", "close", "link", "copyfile"]);

/** What the system says about a file, in a sentence; undefined for any other error. */
function inWords(error: unknown, { folder, stem, format }: Place): ToolError | undefined {
  const { syscall } = error as NodeJS.ErrnoException;
  if (syscall === undefined || !WRITING.has(syscall)) return undefined;
  const where = plain(folder);
  switch (codeOf(error)) {
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return new ToolError(`This user may not write in ${where}; name another folder.`);
    case "ENOSPC":
    case "EDQUOT":
      return new ToolError(`There is no room left for the file in ${where}; make some.`);
    case "EFBIG":
      return new ToolError(`The file is larger than the disk of ${where} takes.`);
    case "ENOENT":
    case "ENOTDIR":
      return noFolder(folder);
    case "ENAMETOOLONG":
      return new ToolError(`${plain(`${stem}.${format}`)} is longer than a name may be.`);
    case "EIO":
      return new ToolError(`The disk of ${where} does not take the file.`);
    default:
      return undefined;
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
