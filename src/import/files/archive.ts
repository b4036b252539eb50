import { crc32 } from "node:zlib";
import { fromBufferPromise, type Entry, type ZipFile } from "yauzl";
import { BOUNDS, withCommas } from "./bounds.ts";
import { ImportFileError } from "./table.ts";

/** The XML parts of a workbook. */
export interface Archive {
  /** The unzipped pieces of a part as they come; undefined where there is no such part. */
  part(name: string): AsyncIterable<Buffer> | undefined;
}

/**
 * Opens a workbook's archive. What it promises is checked before anything is unzipped, and what comes
 * out is counted: a part that grows beyond its promise ends the reading.
 *
 * @throws ImportFileError when it is not an archive, is cut off or damaged, or is over the bounds
 */
export async function openArchive(bytes: Buffer): Promise<Archive> {
  refuseOtherThanZip(bytes);
  const { archive, entries } = await whereWhole(async () => {
    const archive = await fromBufferPromise(bytes, { lazyEntries: true, autoClose: false });
    return { archive, entries: await promised(archive) };
  });
  return {
    part(name) {
      const entry = entries.get(name);
      return entry && inflated(archive, entry);
    },
  };
}

/** The entries that hold XML by their names, if all of them together stay within the bounds. */
async function promised(archive: ZipFile): Promise<Map<string, Entry>> {
  if (archive.entryCount > BOUNDS.parts) {
    throw new ImportFileError(`The workbook has more than ${withCommas(BOUNDS.parts)} parts.`);
  }
  const entries = new Map<string, Entry>();
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
    if (!entries.has(entry.fileName)) entries.set(entry.fileName, entry);
  }
  return entries;
}

async function* inflated(archive: ZipFile, entry: Entry): AsyncGenerator<Buffer> {
  const pieces = await whereWhole(() => archive.openReadStreamPromise(entry));
  const iterator = pieces[Symbol.asyncIterator]();
  let sum = 0;
  for (;;) {
    // Fails as soon as more comes out than the entry promises.
    const next = await whereWhole(() => iterator.next());
    if (next.done) break;
    const piece = next.value as Buffer;
    sum = crc32(piece, sum);
    yield piece;
  }
  if (sum !== entry.crc32) throw damagedWorkbook();
}

/** The library's own messages name offsets and what it found there. */
async function whereWhole<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof ImportFileError ? error : damagedWorkbook();
  }
}

function refuseOtherThanZip(bytes: Buffer): void {
  if (bytes.subarray(0, 4).equals(Buffer.of(0xd0, 0xcf, 0x11, 0xe0))) {
    throw new ImportFileError(
      "The file is an old .xls workbook or one with a password; save it as .xlsx without a password.",
    );
  }
  if (bytes.toString("latin1", 0, 2) !== "PK") throw notAWorkbook();
}

/** What is said of a file that only its name makes a workbook. */
export function notAWorkbook(): ImportFileError {
  return new ImportFileError("The file is named .xlsx but is not a workbook.");
}

function damagedWorkbook(): ImportFileError {
  return new ImportFileError("The workbook is cut off or damaged; export it again.");
}
