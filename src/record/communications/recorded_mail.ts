import * as z from "zod";
import { ToolError } from "../../mcp/errors.ts";
import { plain } from "../../mcp/render.ts";
import type { Named } from "../../conventions/references/choose.ts";
import type { Call } from "../../conventions/call.ts";
import { REMOVED_SINCE } from "../../conventions/replay.ts";
import type { LeftOutGroup } from "../audiences/groups.ts";
import { personShape } from "../people/shape.ts";
import { alsoReceived, communicationById, type NamedPerson } from "./queries.ts";
import { communicationShape } from "./shape.ts";
import { counted } from "../../words/counts.ts";

const leftOutShape = z.object({
  reason: z.string(),
  count: z.number(),
  contacts: z.array(z.object({ id: z.number(), name: z.string() })),
});

/** The answer to a call that recorded a mail. */
export const recordedMailShape = z.object({
  communication: communicationShape,
  recorded: z.number(),
  recorded_people: z.array(personShape),
  already_recorded: z.array(personShape),
  also_received: z.array(personShape),
  created: z.array(personShape),
  left_out: z.array(leftOutShape),
  campaign_status: z.string(),
  replay: z.boolean(),
});

/** What is told of a call. */
interface Told {
  recipients: readonly NamedPerson[];
  /** Contact ids of those whom it recorded. */
  added: readonly number[];
  created: NamedPerson[];
  left_out: LeftOutGroup[];
}

/** A repeated call adds nobody. */
export const NOBODY = { added: [], created: [] };

/** So many people of a kind are named. */
export const NAMED = 20;

/** What the database says of a mail that was recorded. */
interface Seen {
  communication: NonNullable<Awaited<ReturnType<typeof communicationById>>>;
  /** Who of its people received the same mail by another entry of the campaign, earlier or later. */
  again: NamedPerson[];
}

/**
 * Looks at a mail that was recorded for these people.
 *
 * @throws ToolError when it was removed since
 */
export async function seenOfMail(
  { sql, zone }: Call,
  id: number,
  people: readonly NamedPerson[],
): Promise<Seen> {
  const contacts = people.map(({ contact_id }) => contact_id);
  const [communication, again] = await Promise.all([
    communicationById(sql, id, zone),
    alsoReceived(sql, id, contacts),
  ]);
  if (!communication) throw new ToolError(REMOVED_SINCE);
  return { communication, again };
}

/**
 * Tells what was recorded of a mail.
 *
 * @param replay whether an identical call had recorded it before
 */
export function recordedMail(
  { communication, again }: Seen,
  campaign: Named,
  replay: boolean,
  { recipients, added, created, left_out }: Told,
) {
  const people = recipients.map(({ contact_id, name }) => ({ contact_id, name }));
  const isAdded = new Set(added);
  const recorded = people.filter(({ contact_id }) => isAdded.has(contact_id));
  const already = people.filter(({ contact_id }) => !isAdded.has(contact_id));
  const { campaign_status, ...shown } = communication;
  const of = `of "${plain(shown.title ?? "")}" in the campaign ${plain(campaign.name)}`;
  const sentences = [
    replay
      ? `${people.length === 1 ? "The 1 recipient" : `All ${String(people.length)} recipients`} ${of} ${people.length === 1 ? "was" : "were"} recorded already by the first call like this; nothing was recorded twice.`
      : `Recorded ${String(recorded.length)} of ${counted(people.length, "recipient")} ${of}.`,
    ...(!replay && already.length > 0
      ? [
          `${String(already.length)} of them ${already.length === 1 ? "was" : "were"} there already.`,
        ]
      : []),
    ...(created.length > 0 ? [`New in the database: ${namesOf(created)}.`] : []),
    ...(left_out.length > 0 ? [`Left out of the audience: ${leftOutInWords(left_out)}.`] : []),
    ...(again.length > 0
      ? [
          `${String(again.length)} of them also received the same mail in this campaign by another entry.`,
        ]
      : []),
  ];
  return {
    headline: sentences.join(" "),
    facts: {
      communication: { ...shown, title: shown.title ?? "" },
      recorded: recorded.length,
      recorded_people: recorded.slice(0, NAMED),
      already_recorded: already,
      also_received: again,
      created,
      left_out,
      campaign_status,
      replay,
    },
  };
}

function namesOf(people: readonly NamedPerson[]): string {
  const names = people.slice(0, NAMED).map(({ name }) => plain(name));
  const more = people.length - names.length;
  return names.join(", ") + (more > 0 ? ` and ${String(more)} more` : "");
}

/** How many were left out for which reasons. */
export function leftOutInWords(groups: readonly LeftOutGroup[]): string {
  return groups.map(({ reason, count }) => `${String(count)} ${reason}`).join(", ");
}
