import { createHmac, timingSafeEqual } from "node:crypto";
import { ToolError } from "./errors.ts";

/** Where a page starts and how long it is. */
export interface Page {
  /** Rows on the page. */
  limit: number;
  /** What the last row of the page before said of its place, or null on the first page. */
  after: readonly unknown[] | null;
  /** The whole answer is read, page by page in one transaction: nothing of it is to be left out. */
  isWhole: boolean;
  /** The cursor for the page after `rows`: null where there are no more than `limit`. */
  next<Row>(rows: readonly Row[], place: (last: Row) => readonly unknown[]): string | null;
}

const DEFAULT_LIMIT = 50;

/**
 * Reads `limit` and `cursor` of a call. A query asks for `limit + 1` rows after `after`; what is over
 * tells that there is a next page.
 *
 * @param key signs cursors, so that one from another call or a changed one is told apart
 * @throws ToolError for a cursor that this call with these arguments did not give out
 */
export function readPage(tool: string, args: Record<string, unknown>, key: string): Page {
  const { limit, cursor, ...question } = args;
  const rows = typeof limit === "number" ? limit : DEFAULT_LIMIT;
  // Only where there is a cursor: of ten thousand recipients it takes a while.
  const about = () => `${tool} ${canonical(question)}`;
  return {
    limit: rows,
    isWhole: false,
    after: typeof cursor === "string" ? readCursor(cursor, about(), key) : null,
    next: (found, place) => {
      const last = found[rows - 1];
      return found.length > rows && last !== undefined
        ? writeCursor(place(last), about(), key)
        : null;
    },
  };
}

/** JSON with sorted keys and without what is undefined, so that equal arguments read the same. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

function writeCursor(place: readonly unknown[], about: string, key: string): string {
  const body = Buffer.from(JSON.stringify(place)).toString("base64url");
  return `${body}.${signature(body, about, key)}`;
}

function readCursor(cursor: string, about: string, key: string): readonly unknown[] {
  const [body, signed, ...more] = cursor.split(".");
  if (body !== undefined && signed !== undefined && more.length === 0) {
    // As text: decoding would forgive characters too many.
    const given = Buffer.from(signed);
    const expected = Buffer.from(signature(body, about, key));
    if (given.length === expected.length && timingSafeEqual(given, expected)) {
      return JSON.parse(Buffer.from(body, "base64url").toString()) as unknown[];
    }
  }
  throw new ToolError(
    "cursor is not one that this question gave out: it was changed, or belongs to other arguments. " +
      "Ask again without cursor, or with exactly the arguments it came from.",
  );
}

function signature(body: string, about: string, key: string): string {
  const code = createHmac("sha256", key).update(`${about}\n${body}`).digest();
  return code.subarray(0, 12).toString("base64url");
}
