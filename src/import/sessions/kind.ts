import { planSessions } from "./plan.ts";
import { insertContacts, setAddresses, touchContacts } from "../people/queries/contacts.ts";
import { insertSessions, sessionPartsOf, updateSessions } from "./queries/sessions.ts";
import {
  insertSpeakers,
  setProfilePictures,
  setShirtSizes,
  speakersMeant,
  updateSpeakers,
} from "./queries/speakers.ts";
import { ROLES_NEEDS } from "../people/attendees.ts";
import { insertRoles, roleHolders } from "../people/queries/roles.ts";
import { CONTACT_COLUMNS, peopleMeant, recordContacts } from "../people/recording.ts";
import { contactFacts, recordFacts, roleFacts } from "../procedure/shapes.ts";
import { importKind } from "../procedure/kind.ts";
import type { Ledger, RecordType } from "../procedure/ledger.ts";

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
  async look({ sql, event }, rows) {
    const contacts = await peopleMeant(sql, rows);
    const speakerIds = new Set(rows.flatMap((row) => row.speaker_id ?? []));
    const contactIds = contacts.map(({ id }) => id);
    return {
      contacts,
      speakers: await speakersMeant(sql, [...speakerIds], contactIds),
      parts: await sessionPartsOf(sql, event),
      speakerRoles: await roleHolders(sql, event, "speaker"),
    };
  },
  plan: (rows, known, { strategy }, ledger) => planSessions(rows, known, strategy, ledger),
  async write({ sql, event, schema }, { contacts, speakers, roles, create, update }, steps) {
    const idOf = await recordContacts(contacts.create, (people) => insertContacts(sql, people));
    if (contacts.addresses.length > 0) {
      await setAddresses(sql, contacts.addresses);
      const changed = contacts.addresses.map(({ id }) => id);
      if (schema.has("contacts.updated_at")) await touchContacts(sql, changed);
    }
    await steps.done("contacts written");
    const added = speakers.create.map(({ contact, ...fields }) => ({
      ...fields,
      contact_id: idOf(contact),
    }));
    if (added.length > 0) await insertSpeakers(sql, added);
    if (speakers.update.length > 0) await updateSpeakers(sql, speakers.update);
    // Not every organiser's table has these columns; where one is missing, no row holds a value.
    const written = [...added, ...speakers.update];
    if (written.some((row) => row.shirt_size !== null)) await setShirtSizes(sql, written);
    if (written.some((row) => row.profile_picture !== null)) await setProfilePictures(sql, written);
    if (roles.length > 0) await insertRoles(sql, event, "speaker", roles.map(idOf));
    await steps.done("speakers written");
    if (create.length > 0) {
      const rows = create.map(({ contact, ...fields }) => ({
        ...fields,
        contact_id: idOf(contact),
      }));
      await insertSessions(sql, event, rows);
    }
    if (update.length > 0) await updateSessions(sql, update);
    await steps.done("sessions written");
  },
  facts: (_plan, ledger) => ({
    sessions: keptFacts(ledger, "sessions"),
    speakers: keptFacts(ledger, "speakers"),
    contacts: contactFacts(ledger),
    roles: roleFacts(ledger),
  }),
});

function keptFacts(ledger: Ledger, type: RecordType) {
  const { created, updated, skipped } = recordFacts(ledger, type);
  return { created, updated, unchanged: skipped };
}
