import { fold } from "../people/person.ts";
import type { LabelledSession } from "./labels.ts";
import type { RatedPart } from "./queries.ts";

/** A session of the event as ratings are about it. */
export interface RatedSession extends LabelledSession {
  /** One row of `speaker_sessions` for each speaker. */
  parts: [RatedPart, ...RatedPart[]];
}

/**
 * The event's sessions, each with one part per speaker: where an earlier tool recorded a part twice,
 * the first one stands for both.
 */
export function sessionsOf(parts: readonly RatedPart[]): {
  sessions: RatedSession[];
  standsFor: Map<number, number>;
} {
  const sessions = new Map<string, RatedSession>();
  const byTitle = new Map<string, RatedSession>();
  const standsFor = new Map<number, number>();
  const ordered = [...parts].sort(
    (a, b) => Number(!a.sessionize_session_id) - Number(!b.sessionize_session_id) || a.id - b.id,
  );
  for (const part of ordered) {
    const title = fold(part.title);
    // A part that was recorded without an id belongs to the session of its title.
    const key = part.sessionize_session_id ?? "";
    const session = key === "" ? byTitle.get(title) : sessions.get(key);
    const first = session?.parts.find(({ contact_id }) => contact_id === part.contact_id);
    standsFor.set(part.id, first?.id ?? part.id);
    if (first) continue;
    if (session) {
      session.parts.push(part);
      session.speakers = [...session.speakers, part.speaker];
      continue;
    }
    const created: RatedSession = { title: part.title, speakers: [part.speaker], parts: [part] };
    sessions.set(key === "" ? `title ${title}` : key, created);
    if (!byTitle.has(title)) byTitle.set(title, created);
  }
  return { sessions: [...sessions.values()], standsFor };
}
