import { crc32 } from "node:zlib";
import { fromBufferPromise, type Entry, type ZipFile } from "yauzl";
import { BOUNDS, withCommas } from "./bounds.ts";
import { ImportFileError } from "./table.ts";

/** The XML parts of a workbook by their names, unzipped. */
export type Parts = Map<string, Buffer>;

/**
 * Unzips the XML parts of a workbook. What the archive promises is checked before anything is
 * unzipped, and what comes out is counted: a part that grows beyond its promise ends the reading.
 *
 * @throws ImportFileError when it is not an archive, is cut off or damaged, or is over the bounds
 */
export async function unzip(bytes: Buffer, signal?: AbortSignal): Promise<Parts> {
  refuseOtherThanZip(bytes);
  try {
    const archive = await fromBufferPromise(bytes, { lazyEntries: true, autoClose: false });
    const parts: Parts = new Map();
    for (const entry of await promised(archive)) {
      signal?.throwIfAborted();
      if (!parts.has(entry.fileName))
        parts.set(entry.fileName, await inflated(archive, entry, signal));
    }
    return parts;
  } catch (error) {
    if (error instanceof ImportFileError || signal?.aborted) throw error;
    throw damaged();
  }
}

/** The entries that hold XML, if all of them together stay within the bounds. */
async function promised(archive: ZipFile): Promise<Entry[]> {
  if (archive.entryCount > BOUNDS.parts) {
    throw new ImportFileError(`The workbook has more than ${withCommas(BOUNDS.parts)} parts.`);
  }
  const entries: Entry[] = [];
  let total = 0;
  for await (const entry of archive.eachEntry()) {
    if (!/\.(?:xml|rels)$/iu.test(entry.fileName)) continue;
    if (entry.isEncrypted())
      throw new ImportFileError("The workbook is encrypted; save it without a password.");
    total += entry.uncompressedSize;
    if (total > BOUNDS.unzippedBytes) {
      throw new ImportFileError(
        `Unzipped, the workbook would be larger than ${String(BOUNDS.unzippedBytes / 1024 / 1024)} MB; save it as CSV or split it.`,
      );
    }
    entries.push(entry);
  }
  return entries;
}

async function inflated(archive: ZipFile, entry: Entry, signal?: AbortSignal): Promise<Buffer> {
  const pieces: Buffer[] = [];
  // Fails as soon as more comes out than the entry promises.
  for await (const piece of await archive.openReadStreamPromise(entry)) {
    signal?.throwIfAborted();
    pieces.push(piece as Buffer);
  }
  const content = Buffer.concat(pieces);
  if (crc32(content) !== entry.crc32) throw damaged();
  return content;
}

function refuseOtherThanZip(bytes: Buffer): void {
  if (bytes.subarray(0, 4).equals(Buffer.of(0xd0, 0xcf, 0x11, 0xe0))) {
    throw new ImportFileError(
      "The file is an old .xls workbook or one with a password; save it as .xlsx without a password.",
    );
  }
  if (bytes.toString("latin1", 0, 2) !== "PK") {
    throw new ImportFileError("The file is named .xlsx but is not a workbook.");
  }
}

function damaged(): ImportFileError {
  return new ImportFileError("The workbook is cut off or damaged; export it again.");
}
