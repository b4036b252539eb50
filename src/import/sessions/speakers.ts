import type { PersonInRow, SessionizeRow } from "../formats/rows.ts";
import type { RowWarning } from "../formats/report.ts";
import {
  shown,
  type ContactReference,
  type FilePerson,
  type KnownContact,
} from "../people/contacts.ts";
import type { Ledger, Strategy } from "../procedure/ledger.ts";
import { byText, personKey } from "../people/person.ts";
import { speakerReferences } from "./speaker_references.ts";
import { fuller, other, richer } from "../procedure/values.ts";

/** A speaker the database holds: one per contact. */
export interface KnownSpeaker extends SpeakerValues {
  contact_id: number;
  contact: PersonInRow;
}

/** What a speaker's row says beside who it is. */
export interface SpeakerValues {
  sessionize_id: string | null;
  tagline: string | null;
  bio: string | null;
  shirt_size: string | null;
  profile_picture: string | null;
}

/** What importing sessions changes about people; in an update null is what stays. */
export interface SpeakerChanges {
  contacts: {
    /** In the order in which they get their ids. */
    create: FilePerson[];
    addresses: { id: number; email: string }[];
  };
  speakers: {
    create: (SpeakerValues & { contact: ContactReference })[];
    update: (SpeakerValues & { contact_id: number })[];
  };
  /** Who gets the role of speaker at the event. */
  roles: ContactReference[];
}

/** The planned speakers, and who each row is. */
export interface PlannedSpeakers {
  changes: SpeakerChanges;
  referTo: (row: SessionizeRow) => ContactReference;
  /** Known contacts' keys, by id. */
  keyOf: ReadonlyMap<number, string>;
}

interface KnownAboutSpeakers {
  contacts: readonly KnownContact[];
  speakers: readonly KnownSpeaker[];
  speakerRoles: readonly number[];
}

/** A speaker of the file, put together from all rows that name them. */
interface FileSpeaker {
  reference: ContactReference;
  /** The first row that names them. */
  row: number;
  person: PersonInRow;
  values: SpeakerValues;
}

/** Plans what becomes of a file's speakers: found by Sessionize's id for them, else as persons. */
export function planSpeakers(
  rows: readonly SessionizeRow[],
  known: KnownAboutSpeakers,
  strategy: Strategy,
  ledger: Ledger,
  warnings: RowWarning[],
): PlannedSpeakers {
  const contacts = new Map<number, PersonInRow>([
    ...known.contacts.map((contact) => [contact.id, contact] as const),
    ...known.speakers.map(({ contact_id, contact }) => [contact_id, contact] as const),
  ]);
  const knownSpeakers = new Map(known.speakers.map((speaker) => [speaker.contact_id, speaker]));
  const roles = new Set(known.speakerRoles);
  const { referTo, addresses } = speakerReferences(rows, known.contacts, known.speakers);
  const changes: SpeakerChanges = {
    contacts: { create: [], addresses: [] },
    speakers: { create: [], update: [] },
    roles: [],
  };

  for (const { reference, row, person, values } of fileSpeakers(rows, referTo)) {
    const note = (
      record_type: "contacts" | "speakers" | "roles",
      action: "create" | "update" | "skip",
      reason: string,
    ) => ledger.note({ row, action, record_type, identifier: shown(person), reason });
    if (typeof reference === "string") {
      changes.contacts.create.push({
        ...person,
        key: reference,
        row,
        phone: null,
        profession: null,
      });
      note("contacts", "create", "not known yet");
    } else {
      const contact = contacts.get(reference);
      const email = strategy === "update" ? addresses.get(reference) : undefined;
      if (email !== undefined) {
        changes.contacts.addresses.push({ id: reference, email });
        note("contacts", "update", "e-mail");
      } else {
        note("contacts", "skip", "known, and nothing changes");
        if (contact && personKey(contact) !== personKey(person)) {
          warnings.push({
            row,
            field: "Speaker Id",
            warning: `Taken for ${shown(contact)}, who has this Sessionize id; the file says ${shown(person)}.`,
          });
        }
      }
    }
    const speaker = typeof reference === "number" ? knownSpeakers.get(reference) : undefined;
    const taken = speaker && strategy === "update" ? takenFrom(values, speaker) : null;
    if (!speaker) {
      changes.speakers.create.push({ ...values, contact: reference });
      note("speakers", "create", "not known yet");
    } else if (taken) {
      changes.speakers.update.push({ ...taken, contact_id: speaker.contact_id });
      note("speakers", "update", "the file says more");
    } else {
      note("speakers", "skip", "known, and nothing changes");
    }
    if (typeof reference === "number" && roles.has(reference)) {
      note("roles", "skip", "there already");
    } else {
      changes.roles.push(reference);
      note("roles", "create", "speaks at the event");
    }
  }
  changes.contacts.create.sort((a, b) => byText(a.key, b.key));
  const keyOf = new Map([...contacts].map(([id, contact]) => [id, personKey(contact)]));
  return { changes, referTo, keyOf };
}

function fileSpeakers(
  rows: readonly SessionizeRow[],
  referTo: (row: SessionizeRow) => ContactReference,
): FileSpeaker[] {
  const speakers = new Map<ContactReference, FileSpeaker>();
  for (const row of rows) {
    const reference = referTo(row);
    const person = { first_name: row.first_name, last_name: row.last_name, email: row.email };
    const values = valuesOf(row);
    const speaker = speakers.get(reference);
    if (!speaker) {
      speakers.set(reference, { reference, row: row.row, person, values });
      continue;
    }
    speaker.row = Math.min(speaker.row, row.row);
    // The spelling that the reference was made of, and of two such always the same.
    if (spelling(person) > spelling(speaker.person)) speaker.person = person;
    speaker.values = together(speaker.values, values);
  }
  return [...speakers.values()];
}

function spelling(person: PersonInRow): string {
  return `${personKey(person)} ${JSON.stringify([person.first_name, person.last_name, person.email])}`;
}

function valuesOf(row: SessionizeRow): SpeakerValues {
  return {
    sessionize_id: row.speaker_id,
    tagline: row.tagline,
    bio: row.bio,
    shirt_size: row.shirt_size,
    profile_picture: row.profile_picture,
  };
}

function together(a: SpeakerValues, b: SpeakerValues): SpeakerValues {
  return {
    sessionize_id: fuller(a.sessionize_id, b.sessionize_id),
    tagline: fuller(a.tagline, b.tagline),
    bio: fuller(a.bio, b.bio),
    shirt_size: fuller(a.shirt_size, b.shirt_size),
    profile_picture: fuller(a.profile_picture, b.profile_picture),
  };
}

/**
 * What a known speaker takes from the file under `update`: words only where they are fuller, the
 * Sessionize id only where there is none.
 */
function takenFrom(said: SpeakerValues, speaker: SpeakerValues): SpeakerValues | null {
  const taken: SpeakerValues = {
    sessionize_id: speaker.sessionize_id ? null : said.sessionize_id,
    tagline: richer(said.tagline, speaker.tagline),
    bio: richer(said.bio, speaker.bio),
    shirt_size: other(said.shirt_size, speaker.shirt_size),
    profile_picture: other(said.profile_picture, speaker.profile_picture),
  };
  return Object.values(taken).some((value) => value !== null) ? taken : null;
}
