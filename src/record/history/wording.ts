import type * as z from "zod";
import { plain } from "../../mcp/render.ts";
import { counted } from "../../words/counts.ts";
import type { ChangeRow, WrittenRows } from "./queries/changes.ts";
import type { changeShape } from "./shape.ts";

/** What a row of a table is called, one and several; a table that is not here is called by its own name. */
const NOUNS: Record<string, readonly [one: string, several: string]> = {
  "public.contacts": ["contact", "contacts"],
  "public.contact_roles": ["role", "roles"],
  "public.contact_interests": ["interest", "interests"],
  "public.interest_topics": ["topic", "topics"],
  "public.speaker_sessions": ["session", "sessions"],
  "public.speaker_ratings": ["rating", "ratings"],
  "public.marketing_assets": ["asset", "assets"],
  "public.asset_distributions": ["distribution", "distributions"],
  "public.communication_recipients": ["recipient", "recipients"],
  "outreach.source_mappings": ["mapping of a source", "mappings of sources"],
  "outreach.known_as": ["former name", "former names"],
  "outreach.distinct_people": ["pair of two people", "pairs of two people"],
  "outreach.suppressions": ["decision about mailing somebody", "decisions about mailing people"],
};

/** What goes along with facts and is none by itself. */
const DERIVED: ReadonlySet<string> = new Set([
  "outreach.campaign_names",
  "outreach.delivery_problems",
  "outreach.email_log_rows",
  "outreach.erased",
  "outreach.left_out",
  "outreach.merged_messages",
  "outreach.recorded_calls",
  "outreach.removed_entries",
  "outreach.segment_uses",
  "outreach.send_batches",
  "outreach.send_confirmations",
  "outreach.send_recipients",
  "outreach.sends",
  "outreach.settings",
]);

const DONE: Record<string, string> = {
  created: "added",
  changed: "changed",
  removed: "removed",
  touched: "wrote",
};

/** Columns that follow from others. */
const KEPT_BY_TRIGGERS: ReadonlySet<string> = new Set(["updated_at", "recipient_count"]);

/** What a change did, in plain words from the rows that it wrote. */
function whatWasDone({ tool, undoes, written }: ChangeRow): string {
  const rows = (table: string, action: string) =>
    written.find((entry) => entry.table_name === table && entry.action === action)?.rows ?? 0;
  const people = counted(rows("public.communication_recipients", "created"), "person", "people");
  if (undoes !== null) return `undid change ${String(undoes)}: ${effects(written)}`;
  if (rows("outreach.sends", "created") > 0) return `prepared a mail to ${people}`;
  if (tool === "confirm_send") {
    const sent = rows("public.communication_recipients", "touched");
    return sent > 0 ? `sent a mail to ${counted(sent, "person", "people")}` : "asked about a mail";
  }
  if (tool === "erase_contact") return "erased a person";
  if (tool === "merge_contacts" && rows("public.contacts", "removed") > 0) {
    return `made two contacts one: ${effects(written)}`;
  }
  if (tool === "cancel_send") return "took back a prepared mail";
  if (tool === "prepare_send") return "asked anew for a yes to a prepared mail";
  if (rows("public.communication_recipients", "created") > 0) {
    const isNew = rows("public.communications", "created") > 0;
    const others = written.filter(({ table_name }) => !MAIL.has(table_name));
    const also = others.some(isFact) ? `, ${effects(others)}` : "";
    return `${isNew ? "recorded a mail to" : "added to a mail"} ${people}${also}`;
  }
  return effects(written);
}

const MAIL: ReadonlySet<string> = new Set([
  "public.communications",
  "public.communication_recipients",
  "public.campaigns",
]);

function isFact({ table_name, columns }: WrittenRows): boolean {
  const names = columnsIn(columns);
  const onlyFollows = names.length > 0 && names.every((name) => KEPT_BY_TRIGGERS.has(name));
  return !DERIVED.has(table_name) && !onlyFollows;
}

function effects(written: readonly WrittenRows[]): string {
  const facts = written.filter(isFact);
  const shown = facts.length > 0 ? facts : written;
  return shown.map(effect).join(", ") || "nothing that is still kept";
}

function effect({ table_name, action, rows, columns }: WrittenRows): string {
  const [one, several] = NOUNS[table_name] ?? nounOf(table_name);
  const fields = columnsIn(columns).filter((name) => !KEPT_BY_TRIGGERS.has(name)).length;
  if (action === "changed" && fields > 0) {
    const what = rows === 1 ? `${article(one)} ${one}` : `${String(rows)} ${several}`;
    return `changed ${counted(fields, "field")} of ${what}`;
  }
  return `${DONE[action] ?? action} ${counted(rows, one, several)}`;
}

/** The names of columns, each once. */
export function columnsIn(columns: string): string[] {
  return [...new Set(columns.split(",").filter((name) => name !== ""))];
}

/** By the table's name: `outreach.event_facts` holds event facts. */
function nounOf(table: string): [string, string] {
  const several = table.replace(/^.*\./u, "").replaceAll("_", " ");
  return [several.replace(/s$/u, ""), several];
}

function article(noun: string): string {
  return /^[aeiou]/u.test(noun) ? "an" : "a";
}

/** Why a change cannot be undone, as far as a list looks for it; null where nothing is known to stand against it. */
export function standsAgainst(change: ChangeRow): string | null {
  if (change.undone_by !== null) return `change ${String(change.undone_by)} undid it already`;
  if (change.final_because !== null) return change.final_because;
  if (change.is_under_way) {
    return "it prepared or took back a mail that left or is under way; cancel_send takes back what has not left";
  }
  if (change.later_change !== null) {
    const later = laterChange(change.later_change, change.later_tool);
    return change.later_final_because === null
      ? `${later} wrote the same rows later`
      : `${later} wrote the same rows later and stays: ${change.later_final_because}`;
  }
  return null;
}

/** A change by its number and tool. */
export function laterChange(id: number, tool: string | null): string {
  return `change ${String(id)} (${tool ?? "by other hands"})`;
}

const MOST_PEOPLE = 5;
const MOST_ABOUT = 12;

/** Tables whose rows say who is who. */
const WHO_IS_WHO = ["outreach.known_as", "outreach.distinct_people"];

/** Tables of what people have to do with. */
const NOT_PEOPLE =
  /^public\.(?:events|campaigns|communications|communication_recipients|tickets|speaker_sessions|speaker_ratings)$|^outreach\.(?:sends|send_\w+|left_out)$/u;

/** Whether a change was one of people: they are named before what else it touched. */
function isOfPeople({ written }: ChangeRow): boolean {
  return (
    written.some(({ table_name }) => WHO_IS_WHO.includes(table_name)) ||
    !written.some(({ table_name }) => NOT_PEOPLE.test(table_name))
  );
}

/**
 * How many people a change is known to be about: of a statement that wrote many rows only the first are looked at,
 * but contacts that it wrote, and recipients that it gave to a mail, are a person each.
 */
function peopleIn({ about, written }: ChangeRow): number {
  const rows = written
    .filter(
      ({ table_name, action }) =>
        table_name === "public.contacts" ||
        (table_name === "public.communication_recipients" && action === "created"),
    )
    .map((entry) => entry.rows);
  return Math.max(about.filter(({ kind }) => kind === "contact").length, ...rows);
}

/** A change as answers show it. */
export function changeAnswer(change: ChangeRow): z.input<typeof changeShape> {
  const people = change.about.filter(({ kind }) => kind === "contact");
  const others = change.about.filter(({ kind }) => kind !== "contact");
  const shown = [others.slice(0, MOST_ABOUT - MOST_PEOPLE), people.slice(0, MOST_PEOPLE)];
  const against = standsAgainst(change);
  return {
    id: change.id,
    at: change.at,
    tool: change.tool,
    what: whatWasDone(change),
    by: { name: change.actor, client: change.client },
    about: (isOfPeople(change) ? shown.reverse() : shown).flat(),
    about_total: others.length + peopleIn(change),
    undoable: against === null,
    why_not: against,
    undone_at: change.undone_at,
    undone_by: change.undone_by,
    undoes: change.undoes,
  };
}

/** A change in a few words, for a headline: by the first that it was about, or by the first two people. */
export function inShort(change: z.input<typeof changeShape>): string {
  return `change ${String(change.id)}, which ${change.what}${named(change)}`;
}

function named({ about, about_total }: z.input<typeof changeShape>): string {
  const [first, second] = about;
  if (first === undefined) return "";
  if (first.kind !== "contact" || second?.kind !== "contact") {
    return ` (${first.kind} ${plain(first.name)})`;
  }
  const [joint, more] =
    about_total > 2 ? [",", ` and ${String(about_total - 2)} more`] : [" and", ""];
  return ` (contacts ${plain(first.name)}${joint} ${plain(second.name)}${more})`;
}
