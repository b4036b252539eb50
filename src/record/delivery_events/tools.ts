import * as z from "zod";
import { ToolError } from "../../mcp/errors.ts";
import { plain } from "../../mcp/render.ts";
import { instant, notInFuture } from "../../mcp/time.ts";
import { RECORDS } from "../../mcp/tool.ts";
import { ambiguous, asId, best } from "../../conventions/references/choose.ts";
import { oneMail } from "../../conventions/references/communication.ts";
import { tool, type Call } from "../../conventions/call.ts";
import { together } from "../../conventions/together.ts";
import { utcSecond, type EventReader } from "../../sending/mail_service/events.ts";
import { recordDeliveryEvents, type ReportedEvent } from "./recording.ts";
import { recipientsMeant, type BlockedPerson } from "./queries.ts";
import { personShape } from "../people/shape.ts";
import { counted } from "../../words/counts.ts";

const MOST_EVENTS = 10_000;
const FIELDS = ["event", "at", "brevo_message_id", "communication", "contact", "reason", "link"];
const ALIASES: Record<string, string> = {
  communication_id: "communication",
  contact_id: "contact",
};

/** @param loadReader reads what the mail service reports; needed by a call and not before */
export const recordDeliveryEventsTool = (loadReader: () => Promise<EventReader>) =>
  tool({
    name: "record_delivery_events",
    title: "Record what became of mails",
    description:
      'Records opens, clicks, bounces and the like that the mail service reported, e.g. events [{event: "opened", at: "2026-03-31T14:00", communication: "CFP invitation", contact: "Jane Smith"}]. Brevo\'s webhook payloads are taken as they come.',
    effects: RECORDS,
    input: z.strictObject({
      events: z
        .array(
          z.looseObject({}).meta({
            description: `${FIELDS.slice(0, 2).join(", ")}, brevo_message_id or communication + contact, reason, link; or a webhook payload`,
          }),
        )
        .refine(
          (list) => list.length >= 1 && list.length <= MOST_EVENTS,
          `must hold 1 to ${String(MOST_EVENTS)} events`,
        ),
    }),
    output: z.object({
      applied: z.number(),
      duplicates: z.number(),
      unmatched: z.array(z.object({ index: z.number(), reason: z.string() })),
      changed: z.array(
        z.object({
          contact_id: z.number(),
          name: z.string(),
          from: z.string(),
          to: z.string(),
        }),
      ),
      now_blocked: z.array(personShape.extend({ email: z.string(), reason: z.string() })),
    }),
    async handle(args, call) {
      const reading = { zone: call.zone, find: finder(call), reader: await loadReader() };
      const events: ReportedEvent[] = await together(
        ...args.events.map((given, index) => readEvent(given, `events[${String(index)}]`, reading)),
      );
      const outcome = await recordDeliveryEvents(call, events);
      const unknownKinds = events.filter(({ kind }) => kind === undefined).length;
      const ofUnknownKinds =
        unknownKinds > 0 ? `, ${counted(unknownKinds, "is", "are")} of no known kind` : "";
      return {
        headline: `${String(outcome.applied)} of ${counted(events.length, "event")} recorded, ${counted(outcome.duplicates, "was", "were")} there already, ${String(outcome.unmatched.length - unknownKinds)} matched no recipient${ofUnknownKinds}.${blocked(outcome.now_blocked)}`,
        facts: outcome,
      };
    },
  });

/** So many of those who are blocked now are named in a sentence. */
const NAMED = 20;

function blocked(people: readonly BlockedPerson[]): string {
  if (people.length === 0) return "";
  const names = people.slice(0, NAMED).map(({ name, email }) => `${plain(name)} (${plain(email)})`);
  const more = people.length > NAMED ? ` and ${String(people.length - NAMED)} more` : "";
  return ` From now on no mail goes to ${names.join(", ")}${more}; set_suppression changes that.`;
}

type Find = (communication: string, contact: string) => Promise<ReportedEvent["of"]>;

/** What reading an event as a call gives it takes. */
interface Reading {
  zone: string;
  find: Find;
  reader: EventReader;
}

async function readEvent(
  given: Record<string, unknown>,
  where: string,
  { zone, find, reader }: Reading,
): Promise<ReportedEvent> {
  const reported = reader.read(given);
  if (reported) {
    const { messageId, email, tags, at, ...said } = reported;
    if (at === null) throw new ToolError(`${where} has no time in ts_epoch, ts_event or ts.`);
    return { ...said, at: notInFuture(at, `${where}.ts_event`), of: { messageId, email, tags } };
  }
  const fields = Object.fromEntries(
    Object.entries(given).map(([name, value]) => [ALIASES[name] ?? name, value]),
  );
  const unknown = Object.keys(fields).filter((name) => !FIELDS.includes(name));
  if (unknown.length > 0) {
    throw new ToolError(
      `Unknown argument "${where}.${plain(unknown[0] ?? "")}"; the arguments are ${FIELDS.join(", ")}.`,
    );
  }
  const word = (field: string): string | undefined => {
    const value = fields[field];
    if (value === undefined || value === null) return undefined;
    if (typeof value === "number" && (field === "communication" || field === "contact")) {
      return String(value);
    }
    if (typeof value !== "string" || value.trim() === "") {
      throw new ToolError(`${where}.${field} must be a text that is not empty.`);
    }
    return value.trim();
  };
  const name = word("event");
  const at = word("at");
  if (name === undefined || at === undefined) {
    throw new ToolError(`${where} needs ${name === undefined ? "event" : "at"}.`);
  }
  const second = utcSecond(
    Date.parse(notInFuture(instant(at, zone, `${where}.at`), `${where}.at`)),
  );
  if (second === null) throw new ToolError(`${where}.at lies before 1900.`);
  const [messageId, communication, contact] = [
    word("brevo_message_id"),
    word("communication"),
    word("contact"),
  ];
  if (messageId === undefined && (communication === undefined || contact === undefined)) {
    throw new ToolError(`${where} needs brevo_message_id, or communication and contact.`);
  }
  return {
    name,
    kind: reader.kindOf(name),
    at: second,
    reason: word("reason") ?? null,
    link: word("link") ?? null,
    of: messageId === undefined ? await find(communication ?? "", contact ?? "") : { messageId },
  };
}

/** Finds recipients by words, each pair once. Words that mean several people match nobody. */
function finder({ sql }: Call): Find {
  const found = new Map<string, Promise<ReportedEvent["of"]>>();
  const look = async (communication: string, contact: string): Promise<ReportedEvent["of"]> => {
    try {
      const { id } = await oneMail(sql, communication);
      const meant = best(await recipientsMeant(sql, id, contact, asId(contact)));
      const [recipient] = meant;
      if (recipient && meant.length === 1) {
        if (!recipient.has_not_left) return { recipient: recipient.recipient_id };
        return {
          nobody: `communication ${String(id)} is prepared and has not gone out to ${plain(recipient.name)}`,
        };
      }
      return {
        nobody: recipient
          ? ambiguous({ argument: "contact", lister: "query_recipients" }, contact, meant)
          : `"${plain(contact)}" is not a recipient of communication ${String(id)}`,
      };
    } catch (error) {
      if (error instanceof ToolError) return { nobody: error.message };
      throw error;
    }
  };
  return (communication, contact) => {
    const key = JSON.stringify([communication, contact]);
    const looking = found.get(key) ?? look(communication, contact);
    found.set(key, looking);
    return looking;
  };
}
