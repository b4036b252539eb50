import { hash } from "node:crypto";

/** A line break. */
const BREAK = 10;

/** The complete lines of a stream, many at a time: each block ends with a line break. */
export async function* wholeLines(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest: Buffer[] = [];
  for await (const chunk of source) {
    const end = chunk.lastIndexOf(BREAK) + 1;
    if (end > 0) yield Buffer.concat([...rest.splice(0), chunk.subarray(0, end)]);
    if (end < chunk.length) rest.push(chunk.subarray(end));
  }
  rest = rest.filter(({ length }) => length > 0);
  if (rest.length > 0) yield Buffer.concat(rest);
}

/** The lines of a block, each with its break, and where it begins. */
export function* linesOf(block: Buffer): Generator<{ line: Buffer; start: number }> {
  for (let start = 0; start < block.length;) {
    const found = block.indexOf(BREAK, start);
    const end = found === -1 ? block.length : found + 1;
    yield { line: block.subarray(start, end), start };
    start = end;
  }
}

/** How many rows a table has, and a checksum over them that knows no order, as tables know none. */
export interface Tally {
  rows: number;
  checksum: string;
}

/** Counts rows and adds up the first 96 bits of their SHA-256, as two numbers of 48. */
export class Tallying {
  #rows = 0;
  #high = 0;
  #low = 0;

  /** @param row in PostgreSQL's text form, with its line break */
  add(row: Buffer): void {
    const digest = hash("sha256", row, "buffer");
    this.#rows += 1;
    this.#high = (this.#high + digest.readUIntBE(0, 6)) % 2 ** 48;
    this.#low = (this.#low + digest.readUIntBE(6, 6)) % 2 ** 48;
  }

  get tally(): Tally {
    const checksum = [this.#high, this.#low].map((half) => half.toString(16).padStart(12, "0"));
    return { rows: this.#rows, checksum: checksum.join("") };
  }
}
