import * as z from "zod";
import { ToolError } from "../../../mcp/errors.ts";
import { named, reference, text } from "../../../mcp/fields.ts";
import { plain } from "../../../mcp/render.ts";
import { counted } from "../../../words/counts.ts";
import { inZone } from "../../../mcp/time.ts";
import { personsYes } from "../../../mcp/asking/persons_yes.ts";
import { CORRECTS } from "../../../mcp/tool.ts";
import { asId } from "../../../conventions/references/choose.ts";
import { tool } from "../../../conventions/call.ts";
import { removalOf, removedEntry, type RemovedEntry } from "../queries/removed_entries.ts";
import {
  REMOVABLE,
  REMOVALS,
  staying,
  type Found,
  type NamedEntry,
  type Removal,
} from "../removals.ts";
import { forgetRemarks } from "../../../conventions/references/remarks.ts";
import { claim } from "../../../conventions/replay.ts";
import { outcomeOf, together, type Outcome } from "../../../conventions/together.ts";
import { assetShape, distributionShape } from "../../assets/shape.ts";
import { campaignShape } from "../../campaigns/shape.ts";
import { communicationShape } from "../../communications/shape.ts";

const removedShape = z.discriminatedUnion("kind", [
  campaignShape.extend({ kind: z.literal("campaign"), names: z.array(z.string()) }),
  communicationShape.extend({
    kind: z.literal("communication"),
    title: z.string().nullable(),
    campaign: named,
    event: named,
    created_at: z.string(),
  }),
  z.object({
    id: z.number(),
    kind: z.literal("recipient"),
    contact: named.extend({ email: z.string().nullable() }),
    communication: z.object({ id: z.number(), title: z.string().nullable() }),
    campaign: named,
    status: z.string(),
    brevo_message_id: z.string().nullable(),
    sent_at: z.string().nullable(),
    metadata: z.record(z.string(), z.unknown()).nullable(),
  }),
  assetShape.extend({ kind: z.literal("asset") }),
  distributionShape.omit({ id: true, asset: true }).extend({
    id: z.number(),
    kind: z.literal("distribution"),
    asset: z.object({ id: z.number(), title: z.string() }),
  }),
]);

export const removeEntryTool = tool({
  name: "remove_entry",
  title: "Remove an entry",
  description:
    'Takes out what was logged by mistake; it stays readable in the database. E.g. kind "asset", id "CFP flyer". A recipient: communication and contact. A campaign that mailed is cancelled instead.',
  effects: CORRECTS,
  input: z.strictObject({
    kind: z.enum(REMOVABLE),
    id: reference().optional(),
    communication: reference("of a recipient").optional(),
    contact: reference("of a recipient").optional(),
    reason: text(1000).optional(),
  }),
  output: z.object({
    removed: removedShape.nullable(),
    cascaded: z.record(z.string(), z.number()),
    reason: z.string().nullable(),
    /** Only where the person was asked and said no. */
    declined: z.literal(true).optional(),
    replay: z.boolean(),
  }),
  async handle(args, call, caller) {
    const { sql, zone } = call;
    const { kind } = args;
    refuseIncomplete(args);
    const id = args.id === undefined ? null : asId(args.id);
    const [found, removedBefore] = await together(
      outcomeOf(REMOVALS[kind](call, args)),
      id === null ? null : removalOf(sql, kind, id),
    );
    // By the words as they were given: what they meant is gone, and they must not mean the next best.
    const [claimed, removal] = await together(
      claim(sql, "remove_entry", "removal", args),
      removedBefore === null ? outcomeOf(check(found)) : null,
    );
    const before = claimed.recorded ?? removedBefore;
    if (before !== null) {
      const [entry] = await together(
        removedEntry(sql, before),
        claimed.recorded === null ? claimed.complete(before) : null,
      );
      forgetRemarks(sql);
      return removedAnswer(entry, kind, zone, true);
    }
    if (removal === null || "error" in removal) throw removal?.error ?? new Error("not checked");
    const { what, keep } = removal.value;
    if (caller.declaresAsking) {
      const question = { asked: `Remove this ${kind} from the record?`, facts: what };
      const answer = await personsYes(caller, question, "nothing was removed");
      if (answer === "declined") {
        await claimed.release();
        return declinedAnswer(kind);
      }
    }
    const { kept, gone } = await keep(args.reason ?? null);
    const [, , entry] = await together(
      together(...gone()),
      claimed.complete(kept),
      removedEntry(sql, kept),
    );
    return removedAnswer(entry, kind, zone, false);
  },
});

async function check(found: Outcome<Found>): Promise<Removal> {
  if ("error" in found) throw found.error;
  return found.value();
}

type Kind = (typeof REMOVABLE)[number];

function refuseIncomplete({ kind, id, communication, contact }: NamedEntry & { kind: Kind }): void {
  const isByName = communication !== undefined || contact !== undefined;
  if (kind !== "recipient") {
    if (isByName) {
      throw new ToolError("communication and contact name a recipient; give id for other kinds.");
    }
    if (id === undefined) throw new ToolError(`id is required (which ${kind}: an id or words).`);
  } else if (id === undefined ? communication === undefined || contact === undefined : isByName) {
    throw new ToolError(
      "A recipient is named by communication and contact, or by its own id alone.",
    );
  }
}

function declinedAnswer(kind: Kind) {
  return {
    headline: `The person said no, so nothing was removed; the ${kind} stays as it is.`,
    facts: { removed: null, cascaded: {}, reason: null, declined: true as const, replay: false },
  };
}

/** What was removed, told from where it is kept, so that a repeated call is told the same. */
function removedAnswer(found: RemovedEntry | undefined, kind: Kind, zone: string, replay: boolean) {
  if (!found) throw new Error("what was removed is not kept");
  const removed = removedShape.parse({ ...localized(found.entry, zone), kind });
  const cascaded = Object.fromEntries(found.cascaded.map(({ name, rows }) => [name, rows]));
  const what = `the ${kind} ${plain(titleOf(removed))}`;
  return {
    headline: replay
      ? `Nothing was removed by this call: ${what} was removed before. To remove another of that name, give its id.`
      : `Removed ${what}${alsoRemoved(cascaded)}. What was removed is kept in outreach.removed_entries.`,
    facts: { removed, cascaded, reason: found.reason, replay },
  };
}

/** What went with it, and what stayed. */
function alsoRemoved(cascaded: Record<string, number>): string {
  const gone = ["communication", "recipient", "distribution", "source mapping", "note"]
    .map((noun) => ({ noun, rows: cascaded[`${noun.replace(" ", "_")}s`] ?? 0 }))
    .filter(({ rows }) => rows > 0)
    .map(({ noun, rows }) => counted(rows, noun));
  const assets = cascaded["assets_detached"] ?? 0;
  return `${gone.length > 0 ? `, with ${gone.join(" and ")}` : ""}${assets > 0 ? `; ${staying(assets)}` : ""}`;
}

function titleOf(removed: z.output<typeof removedShape>): string {
  switch (removed.kind) {
    case "campaign":
      return removed.name;
    case "recipient":
      return `${removed.contact.name} of "${removed.communication.title ?? ""}"`;
    case "distribution":
      return `of "${removed.asset.title}" (${removed.channel})`;
    default:
      return `"${removed.title ?? ""}"`;
  }
}

/** The kept row with its times as answers show them. */
function localized(
  entry: Readonly<Record<string, unknown>>,
  zone: string,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(entry).map(([name, value]) => [
      name,
      name.endsWith("_at") && typeof value === "string" ? inZone(value, zone) : value,
    ]),
  );
}
