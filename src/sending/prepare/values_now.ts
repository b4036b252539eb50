import * as z from "zod";
import type { Call } from "../../conventions/call.ts";
import { together } from "../../conventions/together.ts";
import { plain } from "../../mcp/render.ts";
import { eventFacts } from "../../record/events/queries/facts.ts";
import type { Params } from "../mail_service/batch.ts";
import { frozenParams } from "../prepared_send.ts";
import { eventValues } from "../queries/candidates.ts";
import { mailsIn, type Filled, type HeldMail } from "../queries/lists.ts";
import { sessionsOf, ticketsOf } from "../queries/receivers.ts";
import type { SendRow } from "../queries/sends.ts";
import { isOfEvent, isOfPerson } from "./sources.ts";
import { valuesOf } from "./values.ts";

const filledShape: z.ZodType<Filled> = z.object({
  given: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  parameters: z.array(
    z.object({
      name: z.string(),
      source: z.string().nullable(),
      format: z.string().optional(),
      locale: z.string().optional(),
    }),
  ),
});

/** A mail whose values are others by now. */
export interface ChangedMail {
  mail: HeldMail;
  params: Params;
  /** As it was frozen and as it is, by parameter; undefined where there is none. */
  changed: Record<string, [Params[string] | undefined, Params[string] | undefined]>;
}

/** Nobody's name and address are taken anew: they stay as they were frozen. */
const NOBODY = { first_name: "", last_name: "", email: null };

/**
 * The mails of a send whose facts, sessions, ratings or tickets say something else by now than was frozen;
 * all is asked at once. Where only the event is asked, what is so for one mail is so for all, and one tells.
 *
 * @param batch whose mails are asked about; null: those held
 * @param isWhole whether each mail is needed, also where one would tell
 * @throws ToolError where a time by which something must be done has passed, unless `allowPast`
 */
export async function changedMails(
  { sql, zone }: Call,
  send: SendRow,
  batch: string | null,
  { isWhole = false, allowPast = true } = {},
): Promise<ChangedMail[]> {
  const filled = filledOf(send);
  if (!filled) return [];
  const asked = filled.parameters.filter(({ source }) => source === null || !isOfPerson(source));
  const sources = asked.flatMap(({ source }) => source ?? []);
  if (sources.length === 0 && allowPast) return [];
  const ofTickets = sources.some((source) => source.startsWith("ticket."));
  const ofSessions = send.per_session;
  const isSame = !ofTickets && !ofSessions && !isWhole;
  const [mails, event, facts, tickets, sessions] = await together(
    mailsIn(sql, send.communication_id, batch, isSame ? 1 : null),
    eventValues(sql, send.campaign_id),
    eventFacts(sql, send.event_id, zone),
    ofTickets ? ticketsOf(sql, send.campaign_id, null) : [],
    ofSessions ? sessionsOf(sql, send.campaign_id, null) : [],
  );
  if (!event) return [];
  const parameters = asked.map((parameter) => ({
    ...parameter,
    description: "",
    required: false,
    in_subject: false,
  }));
  const names = new Set(asked.map(({ name }) => name));
  const given = Object.fromEntries(
    Object.entries(filled.given).filter(([name]) =>
      asked.some((known) => name === known.name || name.startsWith(`${known.name}.`)),
    ),
  );
  const values = valuesOf(parameters, given, { event, facts, zone }, allowPast);
  const held = new Map(tickets.map((ticket) => [ticket.contact_id, ticket]));
  const spoken = new Map(sessions.map((one) => [`${String(one.contact_id)} ${one.session}`, one]));
  return mails.flatMap((mail) => {
    const before = frozenParams(mail);
    const now = values.of({
      person: NOBODY,
      ticket: held.get(mail.contact_id),
      session: spoken.get(`${String(mail.contact_id)} ${mail.session ?? ""}`),
    });
    const kept = Object.entries(before).filter(([name]) => !names.has(name));
    const params = { ...Object.fromEntries(kept), ...now };
    const changed = Object.fromEntries(
      [...names]
        .filter((name) => before[name] !== params[name])
        .map((name): [string, ChangedMail["changed"][string]] => [
          name,
          [before[name], params[name]],
        ]),
    );
    return Object.keys(changed).length === 0 ? [] : [{ mail, params, changed }];
  });
}

/** What a send's values were taken from; undefined for one that an earlier version prepared. */
export function filledOf({ filled }: Pick<SendRow, "filled">): Filled | undefined {
  return filled === null ? undefined : filledShape.parse(filled);
}

/** Where the values of a list come from, by parameter. */
export function sourcesOfList(
  { given, parameters }: Filled,
  list: readonly { params: Params }[],
): Record<string, string> {
  const names = new Set(list.flatMap(({ params }) => Object.keys(params)));
  return Object.fromEntries(
    [...names].map((name) => {
      const source = parameters.find((known) => known.name === name)?.source ?? null;
      const isSaid = name in given;
      if (source === null || (isSaid && isOfEvent(source))) return [name, "given"];
      return [name, isSaid ? `${source}, else given` : source];
    }),
  );
}

const TOLD = 3;

/** What changed, as a sentence that says what to do; null where nothing did. */
export function changeInWords(changes: readonly ChangedMail[], send: SendRow): string | null {
  if (changes.length === 0) return null;
  const told = new Map<string, string>();
  for (const { mail, changed } of changes) {
    for (const [name, [before, now]] of Object.entries(changed)) {
      const whose = send.per_session ? ` (${plain(mail.name)}, ${plain(mail.about ?? "")})` : "";
      const words = `${plain(name)}${whose}: ${shown(before)} is now ${shown(now)}`;
      if (!told.has(words)) told.set(words, words);
    }
  }
  const first = [...told.keys()].slice(0, TOLD).join("; ");
  const more = told.size > TOLD ? ` and ${String(told.size - TOLD)} more` : "";
  return `What the mail says has changed since it was prepared: ${first}${more}. prepare_send with this communication alone takes the values anew and asks about them.`;
}

function shown(value: Params[string] | undefined): string {
  return value === undefined ? "nothing" : `"${plain(String(value)).slice(0, 100)}"`;
}
