import { describe, expect, it } from "vitest";
import type { SessionizeRow } from "../../../src/import/formats/rows.ts";
import { speakerReferences } from "../../../src/import/sessions/speaker_references.ts";

const sipho = { first_name: "Sipho", last_name: "Dlamini", email: null };
const withEmail = { ...sipho, email: "sipho@example.org" };
const zoe = { first_name: "Zoë", last_name: "van Wyk", email: "zoe@example.org" };

/** Sipho is contact 7, and stands behind Sessionize's id sp-2. */
const contacts = [{ ...sipho, id: 7, phone: null, profession: null }];
const speakers = [{ contact_id: 7, sessionize_id: "sp-2", contact: sipho }];

let rows = 1;
function named(person: typeof zoe | typeof sipho, speaker_id: string | null): SessionizeRow {
  return {
    row: (rows += 1),
    ...person,
    speaker_id,
    tagline: null,
    bio: null,
    shirt_size: null,
    profile_picture: null,
    session_id: "1",
    title: "Queues",
    description: null,
    session_format: null,
    track: null,
    level: null,
    room: null,
    scheduled_at: null,
    duration_minutes: null,
    recording_link: null,
  };
}

describe("a speaker recorded without an e-mail", () => {
  it("gets the one that the file has of the same person", () => {
    const file = [named(withEmail, "sp-2"), named(withEmail, null)];
    const { referTo, addresses } = speakerReferences(file, contacts, speakers);
    expect(file.map(referTo)).toEqual([7, 7]);
    expect([...addresses]).toEqual([[7, "sipho@example.org"]]);
  });

  it("does not get the one of another person who uses the same Sessionize id", () => {
    const file = [named(zoe, "sp-2")];
    const { referTo, addresses } = speakerReferences(file, contacts, speakers);
    expect(file.map(referTo)).toEqual([7]);
    expect([...addresses]).toEqual([]);
  });

  it("does not get it where the file knows them without one too, who would be nobody the next time", () => {
    const file = [named(withEmail, "sp-2"), named(sipho, "sp-3")];
    const { referTo, addresses } = speakerReferences(file, contacts, speakers);
    expect(file.map(referTo)).toEqual([7, 7]);
    expect([...addresses]).toEqual([]);
  });

  it("does not become a double of a person who is recorded with it", () => {
    const file = [named(withEmail, "sp-2"), named(withEmail, null)];
    const double = { ...withEmail, id: 9, phone: null, profession: null };
    const { referTo, addresses } = speakerReferences(file, [...contacts, double], speakers);
    expect(file.map(referTo)).toEqual([7, 9]);
    expect([...addresses]).toEqual([]);
  });
});
