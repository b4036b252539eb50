import { planSessions } from "./plan.ts";
import { insertContacts, setAddresses, touchContacts } from "../people/queries/contacts.ts";
import { insertSessions, sessionPartsOf, updateSessions } from "./queries/sessions.ts";
import {
  insertSpeakers,
  setProfilePictures,
  setShirtSizes,
  speakersMeant,
  updateSpeakers,
  type SpeakerFields,
} from "./queries/speakers.ts";
import { ROLES_NEEDS } from "../people/attendees.ts";
import { insertRoles, roleHolders } from "../people/queries/roles.ts";
import { CONTACT_COLUMNS, peopleMeant, recordContacts } from "../people/recording.ts";
import { contactFacts, recordFacts, roleFacts } from "../procedure/shapes.ts";
import { importKind, type Place } from "../procedure/kind.ts";
import { inPortions } from "../procedure/portions.ts";
import type { Ledger, RecordType } from "../procedure/ledger.ts";
import { together } from "../../conventions/together.ts";

/** Sessionize: sessions, who speaks in them, and their profiles. */
export const sessions = importKind({
  type: "sessionize",
  records: ["sessions", "speakers", "contacts", "roles"],
  needs: [
    { table: "contacts", columns: CONTACT_COLUMNS, isExtended: true },
    {
      table: "speakers",
      columns: { contact_id: "number", sessionize_id: "text", tagline: "text", bio: "text" },
      optional: ["shirt_size", "profile_picture"],
      isExtended: true,
    },
    {
      table: "speaker_sessions",
      columns: {
        id: "number",
        event_id: "number",
        contact_id: "number",
        sessionize_session_id: "text",
        title: "text",
        description: "text",
        session_format: "text",
        track: "text",
        level: "text",
        room: "text",
        scheduled_at: "time",
        duration_minutes: "number",
        recording_link: "text",
      },
      isExtended: true,
    },
    ROLES_NEEDS,
  ],
  fields: {
    first_name: "contacts.first_name",
    last_name: "contacts.last_name",
    email: "contacts.email",
    speaker_id: "speakers.sessionize_id",
    tagline: "speakers.tagline",
    bio: "speakers.bio",
    shirt_size: "speakers.shirt_size",
    profile_picture: "speakers.profile_picture",
    session_id: "speaker_sessions.sessionize_session_id",
    title: "speaker_sessions.title",
    description: "speaker_sessions.description",
    session_format: "speaker_sessions.session_format",
    track: "speaker_sessions.track",
    level: "speaker_sessions.level",
    room: "speaker_sessions.room",
    recording_link: "speaker_sessions.recording_link",
  },
  async look(place, rows) {
    const { sql, event } = place;
    const speakerIds = new Set(rows.flatMap((row) => row.speaker_id ?? []));
    const [contacts, parts, speakerRoles] = await together(
      peopleMeant(place, rows),
      sessionPartsOf(sql, event),
      roleHolders(sql, event, "speaker"),
    );
    const contactIds = contacts.map(({ id }) => id);
    const speakers = await speakersMeant(sql, [...speakerIds], contactIds);
    return { contacts, speakers, parts, speakerRoles };
  },
  plan: (rows, known, { strategy }, ledger) => planSessions(rows, known, strategy, ledger),
  async write(place, { contacts, speakers, roles, create, update }, steps) {
    const { sql, event, schema, signal } = place;
    const idOf = await recordContacts(contacts.create, signal, (people) =>
      insertContacts(sql, people),
    );
    const changed = schema.has("contacts.updated_at") ? contacts.addresses : [];
    await together(
      inPortions(contacts.addresses, signal, (portion) => setAddresses(sql, portion)),
      inPortions(changed, signal, (portion) =>
        touchContacts(
          sql,
          portion.map(({ id }) => id),
        ),
      ),
    );
    await steps.done("contacts written");
    const added = speakers.create.map(({ contact, ...fields }) => ({
      ...fields,
      contact_id: idOf(contact),
    }));
    await together(
      recordSpeakers(place, added, speakers.update),
      roles.length > 0 && insertRoles(sql, event, "speaker", roles.map(idOf)),
    );
    await steps.done("speakers written");
    await together(
      inPortions(create, signal, (portion) => {
        const parts = portion.map(({ contact, ...fields }) => ({
          ...fields,
          contact_id: idOf(contact),
        }));
        return insertSessions(sql, event, parts);
      }),
      inPortions(update, signal, (portion) => updateSessions(sql, portion)),
    );
    await steps.done("sessions written");
  },
  facts: (_plan, ledger) => ({
    sessions: keptFacts(ledger, "sessions"),
    speakers: keptFacts(ledger, "speakers"),
    contacts: contactFacts(ledger),
    roles: roleFacts(ledger),
  }),
});

type Speaker = SpeakerFields & { contact_id: number };

/** Adds and changes speakers. */
async function recordSpeakers(
  { sql, signal }: Place,
  added: readonly Speaker[],
  changed: readonly Speaker[],
): Promise<void> {
  await together(
    inPortions(added, signal, async (portion) => {
      await together(insertSpeakers(sql, portion), setWhatNotAllHave(portion));
    }),
    inPortions(changed, signal, async (portion) => {
      await together(updateSpeakers(sql, portion), setWhatNotAllHave(portion));
    }),
  );

  // Not every organiser's table has these columns; where one is missing, no row holds a value.
  async function setWhatNotAllHave(speakers: readonly Speaker[]): Promise<void> {
    await together(
      speakers.some((row) => row.shirt_size !== null) && setShirtSizes(sql, speakers),
      speakers.some((row) => row.profile_picture !== null) && setProfilePictures(sql, speakers),
    );
  }
}

function keptFacts(ledger: Ledger, type: RecordType) {
  const { created, updated, skipped } = recordFacts(ledger, type);
  return { created, updated, unchanged: skipped };
}
