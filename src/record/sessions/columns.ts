import type { Call } from "../../conventions/call.ts";
import { ToolError, oneOf } from "../../mcp/errors.ts";
import { missingColumns } from "./queries/columns.ts";

/** What says which event a session was at and who spoke in it, written `table.column`. */
export const WHO_SPOKE_WHERE = [
  "speaker_sessions.id",
  "speaker_sessions.event_id",
  "speaker_sessions.contact_id",
] as const;

/** What says which session was rated. */
export const RATED_SESSION = "speaker_ratings.speaker_session_id";

/**
 * Looks whether the organiser's own tables can answer a question.
 *
 * @param needed columns, written `table.column`, without which they cannot
 * @param useful columns of which an answer holds nothing where they are not there
 * @returns those of the useful ones that are not there
 * @throws ToolError that names every needed column that is not there
 */
export async function columnsNotThere(
  { sql }: Call,
  needed: readonly string[],
  useful: readonly string[] = [],
): Promise<string[]> {
  const missing = await missingColumns(sql, [...needed, ...useful]);
  const fatal = missing.filter((column) => needed.includes(column));
  if (fatal.length === 0) return missing;
  throw new ToolError(
    `This database has no column ${oneOf(fatal)}, without which this cannot be answered.`,
  );
}

/** What a headline says of columns that are not there; nothing where none is missing. */
export function notKnown(missing: readonly string[]): string | false {
  return (
    missing.length > 0 && `Not known, as this database has no such columns: ${missing.join(", ")}.`
  );
}
