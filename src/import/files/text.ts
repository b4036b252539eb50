import { isUtf8 } from "node:buffer";
import { ImportFileError, type Encoding } from "./table.ts";

const CHUNK = 64 * 1024;

/** What Windows-1252 has at 0x80 to 0x9F; the five unused codes stay control characters. */
const WINDOWS_1252 = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ";

/**
 * Tells in which encoding a text is: what its byte order mark says, UTF-8 where it is valid UTF-8,
 * else Windows-1252.
 *
 * @throws ImportFileError when it is UTF-8 that was cut off or damaged, or not text at all
 */
export function detectEncoding(bytes: Buffer): Encoding {
  refuseBinaryFiles(bytes);
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  if (isUtf8(bytes)) return "utf-8";
  if (isDamagedUtf8(bytes)) {
    throw new ImportFileError(
      `The file is UTF-8 text, but damaged or cut off in line ${String(damagedLine(bytes))}; export it again.`,
    );
  }
  return "windows-1252";
}

/** The text in pieces, without its byte order mark. */
export function* decoded(bytes: Buffer, encoding: Encoding): Generator<string> {
  if (encoding === "windows-1252") {
    for (let start = 0; start < bytes.length; start += CHUNK) {
      yield windows1252(bytes.subarray(start, start + CHUNK));
    }
    return;
  }
  const decoder = new TextDecoder(encoding);
  for (let start = 0; start < bytes.length; start += CHUNK) {
    yield decoder.decode(bytes.subarray(start, start + CHUNK), { stream: true });
  }
  yield decoder.decode();
}

/** Node's own decoder for it, up to some versions of 23, reads it as Latin-1. */
function windows1252(bytes: Buffer): string {
  return bytes
    .toString("latin1")
    .replace(/[\u0080-\u009f]/gu, (code) => WINDOWS_1252[code.charCodeAt(0) - 0x80] ?? code);
}

function refuseBinaryFiles(bytes: Buffer): void {
  const start = bytes.toString("latin1", 0, 8);
  if (start.startsWith("PK\u0003\u0004")) {
    throw new ImportFileError(
      "The file is a zip archive or a workbook, not CSV; if it is a workbook, name it .xlsx.",
    );
  }
  if (
    /^(?:\u00d0\u00cf\u0011\u00e0|%PDF|\u0089PNG|GIF8|\u00ff\u00d8\u00ff|\u001f\u008b|7z\u00bc)/u.test(
      start,
    )
  ) {
    throw new ImportFileError("The file is not CSV but a binary file of another kind.");
  }
}

/**
 * Windows-1252 text hardly ever holds what UTF-8 makes of a letter with an accent, so a file that
 * holds as many of those as of bytes that are not UTF-8 is UTF-8.
 */
function isDamagedUtf8(bytes: Buffer): boolean {
  if (bytes.subarray(0, 3).equals(Buffer.of(0xef, 0xbb, 0xbf))) return true;
  let letters = 0;
  let damages = 0;
  for (const piece of decoded(bytes, "utf-8")) {
    for (const character of piece) {
      if (character === "\ufffd") damages++;
      else if (character > "\u007f") letters++;
    }
  }
  return letters >= damages;
}

function damagedLine(bytes: Buffer): number {
  let line = 1;
  for (const piece of decoded(bytes, "utf-8")) {
    const before = piece.split("\ufffd", 1)[0] ?? "";
    for (const character of before) if (character === "\n") line++;
    if (before.length < piece.length) break;
  }
  return line;
}
