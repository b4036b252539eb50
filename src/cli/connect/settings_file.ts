import {
  chown,
  copyFile,
  mkdir,
  open,
  readFile,
  realpath,
  rename,
  rm,
  stat,
} from "node:fs/promises";
import path from "node:path";
import { Unreadable } from "./format.ts";

const BYTE_ORDER_MARK = "\uFEFF";

/**
 * The text of a settings file, without its byte order mark; empty where there is no file.
 *
 * @throws Unreadable
 */
export async function readSettings(file: string): Promise<string> {
  const bytes = await readFile(file).catch((error: unknown) => {
    if (isMissing(error)) return Buffer.from("");
    throw unusable("read", error);
  });
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Unreadable("is not written in UTF-8");
  }
}

/**
 * Puts a new text in a settings file's place, whole or not at all. The file keeps its byte order mark and
 * owner; only its owner can read it from then on, as it may hold a key. A link stays one.
 *
 * @returns the path of the copy of the old file; null where there was none
 * @throws Unreadable
 */
export async function writeSettings(named: string, text: string): Promise<string | null> {
  const file = await realpath(named).catch(() => named);
  const draft = `${file}.new-${process.pid}`;
  try {
    await mkdir(path.dirname(file), { recursive: true });
    const old = await stat(file).catch((error: unknown) => {
      if (isMissing(error)) return null;
      throw error;
    });
    const copy = old === null ? null : await keepCopy(file);
    const mark = old !== null && (await hasMark(file)) ? BYTE_ORDER_MARK : "";
    await rm(draft, { force: true });
    const handle = await open(draft, "wx", 0o600);
    try {
      await handle.writeFile(mark + text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (old !== null && process.getuid?.() === 0) await chown(draft, old.uid, old.gid);
    await rename(draft, file);
    return copy;
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined);
    throw unusable("written", error);
  }
}

/**
 * Copies a file beside itself, under a name with the time to the millisecond; null where there is none.
 *
 * @throws Unreadable
 */
export async function keepCopy(file: string): Promise<string | null> {
  const time = new Date().toISOString().replace(/\D/gu, "").slice(0, 17);
  const copy = `${file}.${time}.old`;
  try {
    await copyFile(file, copy);
    return copy;
  } catch (error) {
    if (isMissing(error)) return null;
    throw unusable("written", error);
  }
}

async function hasMark(file: string): Promise<boolean> {
  const bytes = await readFile(file);
  return bytes.toString("utf8", 0, 3) === BYTE_ORDER_MARK;
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "ENOENT";
}

const REASONS: Record<string, string> = {
  EACCES: "this user has no right to",
  EPERM: "this user has no right to",
  EISDIR: "it is a folder",
  ENOTDIR: "a file stands where its folder should be",
  EROFS: "its disk can only be read",
  ENOSPC: "its disk is full",
};

/** A system's error in words that follow the file's name. */
function unusable(done: "read" | "written", error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  return code === undefined
    ? error
    : new Unreadable(`cannot be ${done} (${REASONS[code] ?? code})`, { cause: error });
}
