import * as z from "zod";
import { ToolError } from "../../mcp/errors.ts";
import { plain } from "../../mcp/render.ts";
import { ERASED_PERSON } from "../../words/names.ts";
import type { Call } from "../../conventions/call.ts";
import { inFull, type ContactReference } from "../../conventions/references/contact.ts";
import { mergeContacts, saidDistinct, type Merged } from "./queries/merging.ts";

/** How many rows of which kind. */
export const countsShape = z.record(z.string(), z.number());
export type Counts = z.output<typeof countsShape>;

const mergedShape = z.object({
  moved: countsShape,
  combined: countsShape,
  set_aside: z.record(z.string(), z.string()),
});

/**
 * Makes two people one: whatever was the duplicate's is the kept person's, under whose name both are known.
 *
 * @throws ToolError where one of them was erased or a mail is on its way to them, and where a table of other hands does not let
 *   the two be one
 */
export async function merged(
  { sql }: Call,
  keep: ContactReference,
  duplicate: ContactReference,
): Promise<z.output<typeof mergedShape>> {
  for (const { id, name } of [keep, duplicate]) {
    if (name !== ERASED_PERSON) continue;
    throw new ToolError(`Contact ${String(id)} was erased on request and is one with nobody.`);
  }
  const answer = await mergeContacts(sql, keep.id, duplicate.id);
  const { moved, combined, set_aside } = answer;
  if (moved && combined && set_aside) {
    return mergedShape.parse({ moved, combined, set_aside });
  }
  throw new ToolError(whyNot(answer, keep, duplicate));
}

/** @throws ToolError where somebody said that these are two people */
export async function refuseTwo(
  { sql, zone }: Call,
  keep: ContactReference,
  duplicate: ContactReference,
): Promise<void> {
  const said = await saidDistinct(sql, keep.id, duplicate.id, zone);
  if (!said) return;
  const change = said.change === null ? "" : ` (change ${String(said.change)})`;
  const because = said.reason === null ? "" : `, "${plain(said.reason)}"`;
  throw new ToolError(
    `${plain(said.actor ?? "Somebody")} said at ${said.at}${change} that ${inFull(keep)} and ${inFull(duplicate)} are two people${because}. If they are one after all, call again with not_the_same false.`,
  );
}

function whyNot(
  { missing, under_way, refused, unclear }: Merged,
  keep: ContactReference,
  duplicate: ContactReference,
): string {
  if (missing !== null) return "One of the two was merged or removed by another call meanwhile.";
  if (unclear !== null) {
    return `The table ${plain(unclear)} of this database has no column contact_id, and rows of it may be about ${inFull(duplicate)}, which would be lost.`;
  }
  return under_way !== null
    ? `The mail "${plain(under_way)}" is on its way to one of them; let confirm_send end it or take it back with cancel_send, then merge.`
    : `The table ${plain(refused ?? "")} holds rows of ${inFull(keep)} and ${inFull(duplicate)} of which it allows one person only one; put that right there, then merge.`;
}
