import * as z from "zod";
import { ToolError, oneOf } from "../../../mcp/errors.ts";
import { reference, text, when } from "../../../mcp/fields.ts";
import { plain } from "../../../mcp/render.ts";
import { comingInstant } from "../../../mcp/time.ts";
import { CORRECTS } from "../../../mcp/tool.ts";
import { tool, type Call } from "../../../conventions/call.ts";
import { oneCampaign } from "../../../conventions/references/campaign.ts";
import { oneCommunication } from "../../../conventions/references/communication.ts";
import { inFull, oneContact } from "../../../conventions/references/contact.ts";
import { oneEvent } from "../../../conventions/references/event.ts";
import { REMOVED_SINCE, claim } from "../../../conventions/replay.ts";
import { together } from "../../../conventions/together.ts";
import { difference } from "../../corrections/changes.ts";
import {
  insertNote,
  lockNote,
  noteById,
  updateNote,
  type NoteRow,
  type NoteSubject,
} from "../queries.ts";
import { oneNote } from "../reference.ts";
import { NOTE_KINDS, noteShape } from "../shape.ts";

const aboutShape = z.strictObject({
  event: reference().optional(),
  campaign: reference().optional(),
  contact: reference().optional(),
  communication: reference().optional(),
});

const input = z.strictObject({
  about: aboutShape.meta({ description: "one of them" }).optional(),
  text: text(10_000).optional(),
  due: when('a day: its end; "2 weeks" from now').nullable().optional(),
  done: z.boolean().optional(),
  note: reference("to change one: id or words of it").optional(),
});

export const saveNoteTool = tool({
  name: "save_note",
  title: "Save a note",
  description:
    'Remembers something about an event, campaign, person or mail, e.g. about {contact: "Jane Smith"}, text "prefers mornings"; with due it is a task. A task that is done: note "catering", done true.',
  effects: CORRECTS,
  input,
  output: z.object({
    note: noteShape,
    changed: z.record(z.string(), z.tuple([z.unknown(), z.unknown()])),
    replay: z.boolean(),
  }),
  async handle(args, call) {
    const given: Given = {
      text: args.text,
      done: args.done,
      due:
        typeof args.due === "string" ? comingInstant(args.due, call.zone, "due", "end") : args.due,
    };
    return args.note === undefined
      ? newNote(call, args.about, given)
      : changedNote(call, args.note, args.about, given);
  },
});

/** A note as a call gives it; `due` is an instant in UTC. */
interface Given {
  text: string | undefined;
  due: string | null | undefined;
  done: boolean | undefined;
}

type About = z.output<typeof aboutShape>;

async function newNote(call: Call, about: About | undefined, given: Given) {
  const { sql, zone } = call;
  if (given.text === undefined) throw new ToolError("text is required (what to remember).");
  const note = { text: given.text, due: given.due ?? null, done: given.done ?? false };
  const { subject, person } = await subjectOf(call, about ?? {});
  const claimed = await claim(sql, "save_note", "note", { ...note, ...subject });
  const id = claimed.recorded ?? (await insertNote(sql, subject, note));
  const [, saved] = await together(
    claimed.recorded === null ? claimed.complete(id) : null,
    noteById(sql, id, zone),
  );
  if (!saved) throw new ToolError(REMOVED_SINCE);
  const replay = claimed.recorded !== null;
  return {
    headline: replay
      ? `The note about ${person ?? inWords(saved)} was recorded before by the same call; nothing was recorded twice.`
      : `Noted about ${person ?? inWords(saved)}${state(saved)}.`,
    facts: { note: saved, changed: {}, replay },
  };
}

async function changedNote(call: Call, which: string, about: About | undefined, given: Given) {
  const { sql, zone } = call;
  const [{ id }, meant] = await together(
    oneNote(call, which),
    about === undefined ? null : subjectOf(call, about),
  );
  const [locked, before] = await together(lockNote(sql, id), noteById(sql, id, zone));
  if (!locked || !before) {
    throw new ToolError("The note was removed meanwhile; list_notes lists those there are.");
  }
  const [, after] = await together(
    updateNote(sql, {
      ...locked,
      ...meant?.subject,
      text: given.text ?? locked.text,
      due: given.due === undefined ? locked.due : given.due,
      done: given.done ?? locked.done,
    }),
    noteById(sql, id, zone),
  );
  if (!after) throw new Error("the changed note is not there");
  const changed = difference(before, after, ["about", "text", "due", "done"]);
  const fields = Object.keys(changed);
  const whom = meant?.person ?? inWords(after);
  return {
    headline:
      fields.length === 0
        ? `The note about ${whom} says so already; nothing was changed.`
        : `Changed ${fields.join(", ")} of the note about ${whom}${state(after)}.`,
    facts: { note: after, changed, replay: false },
  };
}

/** What a note is to be about, and who it is where it is a person. */
async function subjectOf(
  call: Call,
  about: About,
): Promise<{ subject: NoteSubject; person: string | null }> {
  const { sql } = call;
  const { event, campaign, contact, communication } = about;
  if (NOTE_KINDS.filter((kind) => about[kind] !== undefined).length !== 1) {
    throw new ToolError(`about must name exactly one thing: ${oneOf(NOTE_KINDS)}.`);
  }
  const person = contact === undefined ? null : await oneContact(sql, contact);
  const meant =
    person ??
    (await (event !== undefined
      ? oneEvent(call, event)
      : campaign !== undefined
        ? oneCampaign(sql, campaign)
        : oneCommunication(sql, communication ?? "")));
  const of = (given: string | undefined) => (given === undefined ? null : meant.id);
  return {
    subject: {
      event: of(event),
      campaign: of(campaign),
      contact: of(contact),
      communication: of(communication),
    },
    person: person && `the contact ${inFull(person)}`,
  };
}

function inWords({ about }: NoteRow): string {
  return `the ${about.kind} ${plain(about.name)}`;
}

function state({ due, done, overdue }: NoteRow): string {
  if (done) return ", done";
  return due === null ? "" : `, ${overdue ? "overdue since" : "due"} ${due}`;
}
