import type { StandInOptions } from "../../stand_in/index.ts";
import { makeWorld, type World } from "./helpers.ts";

export const THANKS = 52;

const PARAMETERS = {
  firstName: { source: "contacts.first_name", required: true },
  title: { source: "session.title", required: false },
  starts: { source: "session.starts", required: false },
  room: { source: "session.room", required: false },
  track: { source: "session.track", required: false },
  partners: { source: "session.co_speakers", required: false },
  topic: { source: "rating.topic", required: false },
  presentation: { source: "rating.presentation", required: false },
  answers: { source: "rating.answers", required: false },
  comments: { source: "rating.comments", required: false },
};

/** What was said of each session, in the order of the answers. */
export const SAID = {
  pair: ["Two voices, one story", "Fewer slides"],
  first: ["Loved the demo"],
  second: ["Too fast for me", "Bring more coffee"],
};

/**
 * A world of speakers of the campaign's event: Thabo and Zoë give one session together, Lerato gives two,
 * Sipho's was rated by nobody, and Anika gives none.
 *
 * @param required parameters that must have a value besides the first name
 */
export async function worldOfTalks(
  options: StandInOptions & { required?: readonly string[]; people?: number } = {},
): Promise<World> {
  const { required = ["title"], people = 5, ...standIn } = options;
  const parameters = Object.fromEntries(
    Object.entries(PARAMETERS).map(([name, parameter]) => [
      name,
      { ...parameter, required: parameter.required || required.includes(name) },
    ]),
  );
  const names = Object.keys(parameters).map((name) => `${name}: {{params.${name}}}`);
  const world = await makeWorld({
    people,
    templates: [
      {
        id: THANKS,
        name: "Speaker thank-you",
        subject: "Thank you for {{params.title}}",
        htmlContent: `<p>${names.join("</p><p>")}</p>`,
      },
    ],
    registry: {
      templates: [{ brevo_template_id: THANKS, name: "Speaker thank-you", parameters }],
    },
    ...standIn,
  });
  const { sql } = world.database;
  const [thabo, zoe, lerato, sipho] = world.speakers;
  const rows = [
    ["pair", thabo, "Data for two", "Science", "Hall A", "2026-11-14T09:30"],
    ["pair", zoe, "Data for two", "Science", "Hall A", "2026-11-14T09:30"],
    ["first", lerato, "Maps by hand", "Craft", "Hall B", "2026-11-14T11:00"],
    ["second", lerato, "Maps by machine", "Craft", "Hall C", "2026-11-14T14:00"],
    ["quiet", sipho, "Silence", "Craft", null, null],
  ].map(([key, contact, title, track, room, at]) => ({ key, contact, title, track, room, at }));
  await sql`
    INSERT INTO speaker_sessions (event_id, contact_id, sessionize_session_id, title, track, room, scheduled_at)
    SELECT event.id, said.contact, said.key, said.title, said.track, said.room, said.at
    FROM jsonb_to_recordset(${sql.json(rows)})
           AS said (key text, contact int, title text, track text, room text, at timestamp),
         events AS event
    WHERE event.name = 'Data & AI Day 2026'`;
  const answers = Object.entries(SAID).flatMap(([key, comments]) =>
    comments.map((comment, n) => ({ key, comment, response: String(n), topic: 7 - n, talk: 6 })),
  );
  // An answer about a session with two speakers is kept for each of them.
  await sql`
    INSERT INTO speaker_ratings (speaker_session_id, topic_rating, presentation_rating, speaker_comment, response_id)
    SELECT session.id, said.topic, said.talk, said.comment, said.response
    FROM jsonb_to_recordset(${sql.json(answers)})
           AS said (key text, comment text, response text, topic int, talk int)
    JOIN speaker_sessions AS session ON session.sessionize_session_id = said.key`;
  return world;
}

/** What prepare_send takes to thank every speaker of a world of talks. */
export const thanks = (world: World, more: Record<string, unknown> = {}) => ({
  campaign: "CFP 2026",
  template: THANKS,
  contacts: world.speakers.slice(0, 4),
  ...more,
});
