import type { Call } from "../../conventions/call.ts";
import { LISTED, asId, chooseOne } from "../../conventions/references/choose.ts";
import { notesMatching, type NoteCandidate } from "./queries.ts";

/**
 * The note that an id or words of its text mean: one that is open before one that is done.
 *
 * @throws ToolError that lists candidates or the nearest notes
 */
export async function oneNote({ sql }: Call, given: string): Promise<NoteCandidate> {
  const found = await notesMatching(sql, asId(given), given, LISTED + 1);
  return chooseOne({ argument: "note", lister: "list_notes" }, given, found, () =>
    notesMatching(sql, null, null, 1000),
  );
}
