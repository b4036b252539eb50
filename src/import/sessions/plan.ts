import type { PersonInRow, SessionizeRow } from "../formats/rows.ts";
import type { RowWarning } from "../formats/report.ts";
import type { ContactReference, KnownContact } from "../people/contacts.ts";
import type { Clash, Ledger, Planned, Strategy } from "../procedure/ledger.ts";
import { byText, fold, personKey } from "../people/person.ts";
import { planSpeakers, type KnownSpeaker, type SpeakerChanges } from "./speakers.ts";
import { fuller, other, otherTime, richer } from "../procedure/values.ts";

/** A speaker's part in a session of the event, as the database holds it. */
interface KnownSessionPart extends SessionValues {
  id: number;
  contact_id: number;
  speaker: PersonInRow;
}

/** What a session's row says beside who speaks. */
interface SessionValues {
  sessionize_session_id: string | null;
  title: string | null;
  description: string | null;
  session_format: string | null;
  track: string | null;
  level: string | null;
  room: string | null;
  scheduled_at: string | null;
  duration_minutes: number | null;
  recording_link: string | null;
}

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
  create: (SessionValues & { contact: ContactReference })[];
  update: (SessionValues & { id: number })[];
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

  for (const { row, values, speakers } of sessionsOf(rows, referTo)) {
    const note = (action: "create" | "update" | "skip" | "fail", reason: string) =>
      ledger.note({
        row,
        action,
        record_type: "sessions",
        identifier: `${values.sessionize_session_id ?? ""} ${values.title ?? ""}`.trim(),
        reason,
      });
    const parts = known.parts.filter((part) => isOf(part, values));
    const present = new Set<ContactReference>(
      parts.flatMap(({ contact_id }) => [contact_id, keys.get(contact_id) ?? contact_id]),
    );
    const keyOf = (speaker: ContactReference) =>
      typeof speaker === "number" ? (people.keyOf.get(speaker) ?? speaker) : speaker;
    const missing = speakers.filter(
      (speaker) => !present.has(speaker) && !present.has(keyOf(speaker)),
    );
    if (parts.length > 0 && strategy === "fail") {
      clashes.push({ row, what: `the session ${values.title ?? ""} is there already` });
      note("fail", "there already");
      continue;
    }
    create.push(...missing.map((contact) => ({ ...values, contact })));
    if (parts.length === 0) {
      note("create", speakers.length === 1 ? "one speaker" : `${String(speakers.length)} speakers`);
      continue;
    }
    const taken = strategy === "update" ? changesOf(parts, values) : [];
    update.push(...taken);
    if (missing.length > 0) note("update", `${String(missing.length)} more speakers`);
    else if (taken.length > 0) note("update", "the file says more");
    else note("skip", "there already");
  }
  return { changes: { create, update, ...people.changes }, warnings, clashes };
}

interface FileSession {
  row: number;
  values: SessionValues;
  speakers: ContactReference[];
}

function sessionsOf(
  rows: readonly SessionizeRow[],
  referTo: (row: SessionizeRow) => ContactReference,
): FileSession[] {
  const sessions = new Map<string, FileSession>();
  for (const row of rows) {
    const session = sessions.get(row.session_id);
    const speaker = referTo(row);
    if (!session) {
      sessions.set(row.session_id, { row: row.row, values: valuesOf(row), speakers: [speaker] });
      continue;
    }
    session.row = Math.min(session.row, row.row);
    session.values = together(session.values, valuesOf(row));
    if (!session.speakers.includes(speaker)) session.speakers.push(speaker);
  }
  return [...sessions.values()];
}

function valuesOf(row: SessionizeRow): SessionValues {
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
function together(a: SessionValues, b: SessionValues): SessionValues {
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
function isOf(part: KnownSessionPart, { sessionize_session_id, title }: SessionValues): boolean {
  if (part.sessionize_session_id) return part.sessionize_session_id === sessionize_session_id;
  return fold(part.title ?? "") === fold(title ?? "");
}

/**
 * What the known rows of a session take from the file. Of rows that an earlier tool recorded twice for
 * one speaker only one gets Sessionize's id, which with the speaker is to be unique.
 */
function changesOf(
  parts: readonly KnownSessionPart[],
  said: SessionValues,
): SessionChanges["update"] {
  const identified = new Set(
    parts.flatMap((part) => (part.sessionize_session_id ? [part.contact_id] : [])),
  );
  return [...parts]
    .sort((a, b) => a.id - b.id)
    .flatMap((part) => {
      const isDouble = identified.has(part.contact_id);
      identified.add(part.contact_id);
      const change = takenFrom(isDouble ? { ...said, sessionize_session_id: null } : said, part);
      return change ? [{ ...change, id: part.id }] : [];
    });
}

/** What a known row takes from the file under `update`: a description only where it is fuller. */
function takenFrom(said: SessionValues, part: KnownSessionPart): SessionValues | null {
  const taken: SessionValues = {
    sessionize_session_id: part.sessionize_session_id ? null : said.sessionize_session_id,
    title: other(said.title, part.title),
    description: richer(said.description, part.description),
    session_format: other(said.session_format, part.session_format),
    track: other(said.track, part.track),
    level: other(said.level, part.level),
    room: other(said.room, part.room),
    scheduled_at: otherTime(said.scheduled_at, part.scheduled_at),
    duration_minutes:
      said.duration_minutes === part.duration_minutes ? null : said.duration_minutes,
    recording_link: other(said.recording_link, part.recording_link),
  };
  return Object.values(taken).some((value) => value !== null) ? taken : null;
}
