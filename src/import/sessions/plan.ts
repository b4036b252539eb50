import type { Sliced } from "../procedure/slices.ts";
import { sessionKey } from "../formats/sessionize.ts";
import type { SessionizeRow } from "../formats/rows.ts";
import type { ContactReference } from "../people/contacts.ts";
import type { Ledger, Strategy } from "../procedure/ledger.ts";
import { ERASED_PERSON } from "../../words/names.ts";
import { fold, fullName, personKey } from "../people/person.ts";
import { planSpeakers, type KnownAboutSpeakers, type SpeakerChanges } from "./speakers.ts";
import { differingFields, differingTime, ifAnything, longerThan } from "../procedure/values.ts";
import { groupedBy } from "../../words/groups.ts";
import type { KnownSessionPart, SessionFields } from "./queries/sessions.ts";
import { counted } from "../../words/counts.ts";

/** What the database holds about a file of sessions. */
export interface KnownSessions extends KnownAboutSpeakers {
  /** All of the event's. */
  parts: readonly KnownSessionPart[];
}

/** What importing sessions changes; in an update null is what stays. */
export interface SessionChanges extends SpeakerChanges {
  create: (SessionFields & { contact: ContactReference })[];
  update: (SessionFields & { id: number })[];
}

/** Plans what importing sessions and their speakers does. */
export function* planSessions(
  rows: readonly SessionizeRow[],
  known: KnownSessions,
  strategy: Strategy,
  ledger: Ledger,
): Sliced<{ changes: SessionChanges }> {
  const { referTo, keyOf, changes } = planSpeakers(rows, known, strategy, ledger);
  const create: SessionChanges["create"] = [];
  const update: SessionChanges["update"] = [];

  // The reader has given all rows of a session what one of them says.
  for (const session of groupedBy(rows, sessionKey).values()) {
    yield;
    const [{ row }, ...further] = session;
    const fields = sessionFieldsOf(session[0]);
    const speakers = [...new Set(session.map(referTo))];
    const note = ledger.about({
      row,
      further: further.map(({ row }) => row),
      record_type: "sessions",
      identifier: `${fields.sessionize_session_id ?? ""} ${fields.title ?? ""}`.trim(),
    });
    const parts = known.parts.filter((part) => isOf(part, fields));
    const present = new Set(parts.map(({ speaker }) => personKey(speaker)));
    const missing = speakers.filter(
      (speaker) => !present.has(typeof speaker === "number" ? (keyOf.get(speaker) ?? "") : speaker),
    );
    if (parts.length > 0 && strategy === "fail") {
      note("fail", "there already", `the session ${fields.title ?? ""} is there already`);
      continue;
    }
    create.push(...missing.map((contact) => ({ ...fields, contact })));
    if (parts.length === 0) {
      note("create", counted(speakers.length, "speaker"));
      continue;
    }
    const taken = strategy === "update" ? changesOf(parts, fields) : [];
    update.push(...taken);
    if (missing.length > 0) note("update", counted(missing.length, "more speaker"));
    else if (taken.length > 0) note("update", "the file says more");
    else note("skip", "there already");
  }
  return { changes: { create, update, ...changes } };
}

function sessionFieldsOf(row: SessionizeRow): SessionFields {
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

/** Whether a row is of this session; where one of the two has no id, they go by their titles. */
function isOf(part: KnownSessionPart, { sessionize_session_id, title }: SessionFields): boolean {
  if (part.sessionize_session_id && sessionize_session_id !== null)
    return part.sessionize_session_id === sessionize_session_id;
  return fold(part.title) === fold(title ?? "");
}

/**
 * What the known rows of a session take from the file; those of a speaker who was erased, nothing. Of rows that an earlier tool recorded twice for
 * one speaker only one gets Sessionize's id, which with the speaker is to be unique.
 */
function changesOf(
  parts: readonly KnownSessionPart[],
  inFile: SessionFields,
): SessionChanges["update"] {
  const identified = new Set(
    parts.flatMap((part) => (part.sessionize_session_id ? [part.contact_id] : [])),
  );
  return parts
    .filter(({ speaker }) => fullName(speaker) !== ERASED_PERSON)
    .sort((a, b) => a.id - b.id)
    .flatMap((part) => {
      const isDouble = identified.has(part.contact_id);
      identified.add(part.contact_id);
      const change = partChange(
        isDouble ? { ...inFile, sessionize_session_id: null } : inFile,
        part,
      );
      return change ? [{ ...change, id: part.id }] : [];
    });
}

/** What a known row takes from the file under `update`: a description only where it is fuller. */
function partChange(inFile: SessionFields, part: KnownSessionPart): SessionFields | null {
  return ifAnything({
    ...differingFields(inFile, part),
    sessionize_session_id: part.sessionize_session_id ? null : inFile.sessionize_session_id,
    description: longerThan(inFile.description, part.description),
    scheduled_at: differingTime(inFile.scheduled_at, part.scheduled_at),
  });
}
