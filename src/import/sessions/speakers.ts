import type { PersonInRow, SessionizeRow } from "../formats/rows.ts";
import { nameAndMailbox, type ContactReference, type FilePerson } from "../people/contacts.ts";
import type { KnownContact } from "../people/queries/contacts.ts";
import type { Ledger, Strategy } from "../procedure/ledger.ts";
import { byText, personKey } from "../people/person.ts";
import { speakerReferences } from "./speaker_references.ts";
import { differingFields, fuller, ifAnything, longerThan } from "../procedure/values.ts";
import type { KnownSpeaker, SpeakerFields } from "./queries/speakers.ts";

/** What importing sessions changes about people; in an update null is what stays. */
export interface SpeakerChanges {
  contacts: {
    /** In the order in which they get their ids. */
    create: FilePerson[];
    addresses: { id: number; email: string }[];
  };
  speakers: {
    create: (SpeakerFields & { contact: ContactReference })[];
    update: (SpeakerFields & { contact_id: number })[];
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

/** What the database holds about a file's speakers. */
export interface KnownAboutSpeakers {
  contacts: readonly KnownContact[];
  speakers: readonly KnownSpeaker[];
  /** Contacts who have the role of speaker at the event. */
  speakerRoles: readonly number[];
}

/** A speaker of the file, put together from all rows that name them. */
interface FileSpeaker {
  reference: ContactReference;
  /** The first row that names them. */
  row: number;
  person: PersonInRow;
  fields: SpeakerFields;
}

/** Plans what becomes of a file's speakers: found by Sessionize's id for them, else as persons. */
export function planSpeakers(
  rows: readonly SessionizeRow[],
  known: KnownAboutSpeakers,
  strategy: Strategy,
  ledger: Ledger,
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

  for (const { reference, row, person, fields } of fileSpeakers(rows, referTo)) {
    const note = (
      record_type: "contacts" | "speakers" | "roles",
      action: "create" | "update" | "skip",
      reason: string,
    ) => ledger.note({ row, action, record_type, identifier: nameAndMailbox(person), reason });
    if (typeof reference === "string") {
      const unsaid = { phone: null, profession: null };
      changes.contacts.create.push({ ...person, ...unsaid, key: reference, row });
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
          const warning = `Taken to be ${nameAndMailbox(contact)}, who has this Sessionize id; the file says ${nameAndMailbox(person)}.`;
          ledger.warn(row, "Speaker Id", warning);
        }
      }
    }
    const speaker = typeof reference === "number" ? knownSpeakers.get(reference) : undefined;
    const taken = speaker && strategy === "update" ? speakerChange(fields, speaker) : null;
    if (!speaker) {
      changes.speakers.create.push({ ...fields, contact: reference });
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
    const fields = speakerFieldsOf(row);
    const speaker = speakers.get(reference);
    if (!speaker) {
      speakers.set(reference, { reference, row: row.row, person, fields });
      continue;
    }
    speaker.row = Math.min(speaker.row, row.row);
    // The spelling that the reference was made of, and of two such always the same.
    if (personSpelling(person) > personSpelling(speaker.person)) speaker.person = person;
    speaker.fields = fullerFields(speaker.fields, fields);
  }
  return [...speakers.values()];
}

function personSpelling(person: PersonInRow): string {
  return `${personKey(person)} ${JSON.stringify([person.first_name, person.last_name, person.email])}`;
}

function speakerFieldsOf(row: SessionizeRow): SpeakerFields {
  return {
    sessionize_id: row.speaker_id,
    tagline: row.tagline,
    bio: row.bio,
    shirt_size: row.shirt_size,
    profile_picture: row.profile_picture,
  };
}

function fullerFields(a: SpeakerFields, b: SpeakerFields): SpeakerFields {
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
function speakerChange(inFile: SpeakerFields, speaker: SpeakerFields): SpeakerFields | null {
  return ifAnything({
    ...differingFields(inFile, speaker),
    sessionize_id: speaker.sessionize_id ? null : inFile.sessionize_id,
    tagline: longerThan(inFile.tagline, speaker.tagline),
    bio: longerThan(inFile.bio, speaker.bio),
  });
}
