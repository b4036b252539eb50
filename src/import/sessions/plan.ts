import type { SessionizeRow } from "../formats/rows.ts";
import type { RowWarning } from "../formats/reading/report.ts";
import type { ContactReference } from "../people/contacts.ts";
import type { KnownContact } from "../people/queries/contacts.ts";
import type { Clash, Ledger, Planned, Strategy } from "../procedure/ledger.ts";
import { byText, fold, personKey } from "../people/person.ts";
import type { KnownSpeaker } from "./queries/speakers.ts";
import { planSpeakers, type SpeakerChanges } from "./speakers.ts";
import { differing, differingTime, fuller, ifAnything, longerThan } from "../procedure/values.ts";
import type { KnownSessionPart, SessionFields } from "./queries/sessions.ts";

/** What the database holds about a file of sessions. */
export interface KnownSessions {
  contacts: readonly KnownContact[];
  speakers: readonly KnownSpeaker[];
  /** All of the event's. */
  parts: readonly KnownSessionPart[];
  /** Contacts who have the role of speaker at the event. */
  speakerRoles: readonly number[];
}

/** What importing sessions changes; in an update null is what stays. */
export interface SessionChanges extends SpeakerChanges {
  create: (SessionFields & { contact: ContactReference })[];
  update: (SessionFields & { id: number })[];
}

/** Plans what importing sessions and their speakers does. */
export function planSessions(
  rows: readonly SessionizeRow[],
  known: KnownSessions,
  strategy: Strategy,
  ledger: Ledger,
): Planned<SessionChanges> {
  const warnings: RowWarning[] = [];
  const clashes: Clash[] = [];
  const { referTo, ...people } = planSpeakers(rows, known, strategy, ledger, warnings);
  const keys = new Map(known.parts.map((part) => [part.contact_id, personKey(part.speaker)]));
  const create: SessionChanges["create"] = [];
  const update: SessionChanges["update"] = [];

  for (const { row, fields, speakers } of sessionsInFile(rows, referTo)) {
    const note = ledger.about({
      row,
      record_type: "sessions",
      identifier: `${fields.sessionize_session_id ?? ""} ${fields.title ?? ""}`.trim(),
    });
    const parts = known.parts.filter((part) => isOf(part, fields));
    const present = new Set<ContactReference>(
      parts.flatMap(({ contact_id }) => [contact_id, keys.get(contact_id) ?? contact_id]),
    );
    const keyOf = (speaker: ContactReference) =>
      typeof speaker === "number" ? (people.keyOf.get(speaker) ?? speaker) : speaker;
    const missing = speakers.filter(
      (speaker) => !present.has(speaker) && !present.has(keyOf(speaker)),
    );
    if (parts.length > 0 && strategy === "fail") {
      clashes.push({ row, what: `the session ${fields.title ?? ""} is there already` });
      note("fail", "there already");
      continue;
    }
    create.push(...missing.map((contact) => ({ ...fields, contact })));
    if (parts.length === 0) {
      note("create", speakers.length === 1 ? "one speaker" : `${String(speakers.length)} speakers`);
      continue;
    }
    const taken = strategy === "update" ? changesOf(parts, fields) : [];
    update.push(...taken);
    if (missing.length > 0) note("update", `${String(missing.length)} more speakers`);
    else if (taken.length > 0) note("update", "the file says more");
    else note("skip", "there already");
  }
  return { changes: { create, update, ...people.changes }, warnings, clashes };
}

interface FileSession {
  row: number;
  fields: SessionFields;
  speakers: ContactReference[];
}

function sessionsInFile(
  rows: readonly SessionizeRow[],
  referTo: (row: SessionizeRow) => ContactReference,
): FileSession[] {
  const sessions = new Map<string, FileSession>();
  for (const row of rows) {
    const session = sessions.get(row.session_id);
    const speaker = referTo(row);
    if (!session) {
      sessions.set(row.session_id, { row: row.row, fields: fieldsOf(row), speakers: [speaker] });
      continue;
    }
    session.row = Math.min(session.row, row.row);
    session.fields = together(session.fields, fieldsOf(row));
    if (!session.speakers.includes(speaker)) session.speakers.push(speaker);
  }
  return [...sessions.values()];
}

function fieldsOf(row: SessionizeRow): SessionFields {
  return {
    sessionize_session_id: row.session_id,
    title: row.title,
    description: row.description,
    session_format: row.session_format,
    track: row.track,
    level: row.level,
    room: row.room,
    scheduled_at: row.scheduled_at,
    duration_minutes: row.duration_minutes,
    recording_link: row.recording_link,
  };
}

/** What two rows of one session say together, whichever comes first. */
function together(a: SessionFields, b: SessionFields): SessionFields {
  return {
    sessionize_session_id: a.sessionize_session_id,
    title: fuller(a.title, b.title),
    description: fuller(a.description, b.description),
    session_format: fuller(a.session_format, b.session_format),
    track: fuller(a.track, b.track),
    level: fuller(a.level, b.level),
    room: fuller(a.room, b.room),
    scheduled_at:
      [a.scheduled_at, b.scheduled_at]
        .filter((time) => time !== null)
        .sort(byText)
        .at(-1) ?? null,
    duration_minutes:
      a.duration_minutes === null || b.duration_minutes === null
        ? (a.duration_minutes ?? b.duration_minutes)
        : Math.max(a.duration_minutes, b.duration_minutes),
    recording_link: fuller(a.recording_link, b.recording_link),
  };
}

/** Whether a row is of this session; one that an earlier tool recorded without an id goes by its title. */
function isOf(part: KnownSessionPart, { sessionize_session_id, title }: SessionFields): boolean {
  if (part.sessionize_session_id) return part.sessionize_session_id === sessionize_session_id;
  return fold(part.title) === fold(title ?? "");
}

/**
 * What the known rows of a session take from the file. Of rows that an earlier tool recorded twice for
 * one speaker only one gets Sessionize's id, which with the speaker is to be unique.
 */
function changesOf(
  parts: readonly KnownSessionPart[],
  inFile: SessionFields,
): SessionChanges["update"] {
  const identified = new Set(
    parts.flatMap((part) => (part.sessionize_session_id ? [part.contact_id] : [])),
  );
  return [...parts]
    .sort((a, b) => a.id - b.id)
    .flatMap((part) => {
      const isDouble = identified.has(part.contact_id);
      identified.add(part.contact_id);
      const change = takenFrom(
        isDouble ? { ...inFile, sessionize_session_id: null } : inFile,
        part,
      );
      return change ? [{ ...change, id: part.id }] : [];
    });
}

/** What a known row takes from the file under `update`: a description only where it is fuller. */
function takenFrom(inFile: SessionFields, part: KnownSessionPart): SessionFields | null {
  return ifAnything({
    sessionize_session_id: part.sessionize_session_id ? null : inFile.sessionize_session_id,
    title: differing(inFile.title, part.title),
    description: longerThan(inFile.description, part.description),
    session_format: differing(inFile.session_format, part.session_format),
    track: differing(inFile.track, part.track),
    level: differing(inFile.level, part.level),
    room: differing(inFile.room, part.room),
    scheduled_at: differingTime(inFile.scheduled_at, part.scheduled_at),
    duration_minutes: differing(inFile.duration_minutes, part.duration_minutes),
    recording_link: differing(inFile.recording_link, part.recording_link),
  });
}
