/** The database cannot be used as it is; the message is a sentence or two for a person, without secrets. */
export class DatabaseUnavailable extends Error {
  override readonly name = "DatabaseUnavailable";
}

/**
 * The connection was lost while a transaction was under way, so whether it was committed is unknown.
 * Recording is safe to repeat.
 */
export class ConnectionLost extends Error {
  override readonly name = "ConnectionLost";
}

/** Whoever asked does not wait for the answer any more. */
export class QuestionCancelled extends Error {
  override readonly name = "QuestionCancelled";
}

const CONFLICTS = new Set(["40001", "40P01"]);
const LOSSES = new Set([
  "CONNECTION_CLOSED",
  "CONNECTION_DESTROYED",
  "CONNECTION_ENDED",
  "CONNECT_TIMEOUT",
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "ENETDOWN",
  "ENETUNREACH",
  "EPIPE",
  "ETIMEDOUT",
  "57P01",
  "57P02",
  "57P03",
  "08003",
  "08006",
  // What PgBouncer says when its own connection to the database ended.
  "08P01",
]);

/** Whether a transaction met another one, so that it may go well when it is begun anew. */
export function isConflict(error: unknown): boolean {
  return CONFLICTS.has(codeOf(error));
}

/** Whether an error means that there is no connection any more, or none could be made. */
export function isLost(error: unknown): boolean {
  const code = codeOf(error);
  // A missing file is only a lost connection where a socket was to be opened.
  if (code === "ENOENT") return (error as NodeJS.ErrnoException).syscall === "connect";
  return LOSSES.has(code);
}

/** What went wrong with the connection, also where it was put in a sentence already. */
export function causeOf(error: unknown): unknown {
  return error instanceof DatabaseUnavailable ? error.cause : error;
}

/** The SQLSTATE, or the code of Node's or of postgres.js; empty where there is none. */
export function codeOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : "";
}

/** Where a rule of the database was broken: its table, and its constraint or column; empty where that is not said. */
export function brokenAt(error: unknown): { table: string; rule: string } {
  const said = (field: string): string => {
    const value: unknown = error instanceof Error ? Reflect.get(error, field) : undefined;
    return typeof value === "string" ? value : "";
  };
  return { table: said("table_name"), rule: said("constraint_name") || said("column_name") };
}
