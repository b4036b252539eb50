import { mailbox } from "../../words/email_address.ts";
import type { PersonInRow, SessionizeRow } from "../formats/rows.ts";
import { KnownPeople, type ContactReference } from "../people/contacts.ts";
import { fold, personKey } from "../people/person.ts";
import type { KnownContact } from "../people/queries/contacts.ts";
import type { KnownSpeaker } from "./queries/speakers.ts";

/** Who the speakers of a file are. */
export interface SpeakerReferences {
  /** Rows of one Sessionize id are one person, however they spell them. */
  referTo: (row: SessionizeRow) => ContactReference;
  /** E-mails that the file knows of speakers who are recorded without one, by contact. */
  addresses: ReadonlyMap<number, string>;
}

/** A contact whom a Sessionize id stands for. */
type Identified = Pick<KnownSpeaker, "contact_id" | "sessionize_id" | "contact">;

/** Finds a file's speakers by Sessionize's id for them, else as persons. */
export function speakerReferences(
  rows: readonly SessionizeRow[],
  contacts: readonly KnownContact[],
  speakers: readonly Identified[],
): SpeakerReferences {
  const knownPeople = new KnownPeople(contacts);
  const recorded = new Map<string, Identified>();
  for (const speaker of [...speakers].sort((a, b) => b.contact_id - a.contact_id)) {
    if (speaker.sessionize_id) recorded.set(speaker.sessionize_id, speaker);
  }
  const identified = (row: SessionizeRow) =>
    row.speaker_id === null ? undefined : recorded.get(row.speaker_id);

  const keysById = new Map<string, string>();
  const newAddresses = new Map<number, { key: string; email: string }>();
  for (const row of rows) {
    if (row.speaker_id === null) continue;
    const key = personKey(row);
    const speaker = identified(row);
    if (speaker) {
      if (row.email === null || !isWithoutAddress(row, speaker.contact)) continue;
      if (knownPeople.withKey(key)) continue;
      const other = newAddresses.get(speaker.contact_id);
      if (!other || addressSpelling(row.email, key) > addressSpelling(other.email, other.key))
        newAddresses.set(speaker.contact_id, { key, email: row.email });
    } else {
      const other = keysById.get(row.speaker_id);
      if (other === undefined || key > other) keysById.set(row.speaker_id, key);
    }
  }
  // Two who would become one person: the first entry is meant, as with those recorded twice.
  const byNewKey = new Map<string, number>();
  for (const [id, { key }] of newAddresses) {
    byNewKey.set(key, Math.min(id, byNewKey.get(key) ?? id));
  }

  const asPerson = (row: SessionizeRow): ContactReference => {
    const key =
      (row.speaker_id === null ? undefined : keysById.get(row.speaker_id)) ?? personKey(row);
    return knownPeople.withKey(key)?.id ?? byNewKey.get(key) ?? key;
  };
  const referTo = (row: SessionizeRow) => identified(row)?.contact_id ?? asPerson(row);
  // Whom the file also names without an e-mail is to be found by that the next time too.
  const namedWithout = new Set(
    rows.flatMap((row) => (!identified(row) && row.email === null ? [referTo(row)] : [])),
  );
  const addresses = new Map<number, string>();
  for (const [id, { key, email }] of newAddresses) {
    if (byNewKey.get(key) === id && !namedWithout.has(id)) addresses.set(id, email);
  }
  return { referTo, addresses };
}

/** Whether a contact is the person a row names, but for the e-mail that only the row has. */
function isWithoutAddress(row: PersonInRow, contact: PersonInRow): boolean {
  return (
    mailbox(contact.email ?? "") === "" &&
    fold(contact.first_name) === fold(row.first_name) &&
    fold(contact.last_name) === fold(row.last_name)
  );
}

function addressSpelling(email: string, key: string): string {
  return `${key} ${email}`;
}
