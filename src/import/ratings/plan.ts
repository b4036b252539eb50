import type { Sliced } from "../procedure/slices.ts";
import type { RatingRow } from "../formats/rows.ts";
import { SessionLabels, type LabelledSession } from "./labels.ts";
import type { Ledger, Strategy } from "../procedure/ledger.ts";
import { byText, fold } from "../people/person.ts";
import { differingFields, ifAnything } from "../procedure/values.ts";
import type { KnownRating, RatedPart, RatingFields } from "./queries.ts";

/** What the database holds about a file of ratings. */
export interface KnownRatings {
  parts: readonly RatedPart[];
  ratings: readonly KnownRating[];
}

/** What importing ratings changes; in an update null is what stays. */
interface RatingChanges {
  create: Omit<KnownRating, "id">[];
  update: (RatingFields & { id: number })[];
}

interface PlannedRatings {
  changes: RatingChanges;
  sessions_matched: number;
}

interface Session extends LabelledSession {
  /** One row of `speaker_sessions` for each speaker. */
  parts: RatedPart[];
}

/**
 * Plans what importing ratings does: each answer makes one rating for each speaker of its session.
 *
 * @param threshold how like a session's a label must be, 0 to 1
 */
export function* planRatings(
  rows: readonly RatingRow[],
  known: KnownRatings,
  strategy: Strategy,
  ledger: Ledger,
  threshold: number,
): Sliced<PlannedRatings> {
  const changes: RatingChanges = { create: [], update: [] };
  const { sessions, standsFor } = sessionsOf(known.parts);
  const labels = new SessionLabels(sessions, threshold);
  const recorded = new Map<string, KnownRating>();
  for (const rating of [...known.ratings].sort((a, b) => b.id - a.id)) {
    recorded.set(slot(standsFor.get(rating.speaker_session_id) ?? 0, rating.response_id), rating);
  }

  const answers = new Map<string, { session: Session; rows: RatingRow[] }>();
  for (const row of rows) {
    yield;
    const { session, nearest, score, isAmbiguous } = labels.match(row.label);
    if (session) {
      const key = slot(sessions.indexOf(session), row.response_id);
      const answer = answers.get(key);
      if (answer) answer.rows.push(row);
      else answers.set(key, { session, rows: [row] });
      continue;
    }
    const reason = isAmbiguous
      ? "matches several sessions equally"
      : nearest
        ? "too unlike any session"
        : "the event has no sessions";
    ledger.unmatched.push({
      row: row.row,
      label: row.label,
      best_match: nearest !== null && score > 0 ? nearest.title : null,
      // Never rounded up to the threshold it missed.
      score: Math.floor(score * 1000) / 1000,
      reason,
    });
    const identifier = `response ${row.response_id}: ${row.label}`;
    ledger.note({ row: row.row, action: "fail", record_type: "ratings", identifier, reason });
  }

  for (const { session, rows: same } of answers.values()) {
    yield;
    const [row, ...others] = [...same].sort((a, b) => byText(answersText(b), answersText(a)));
    if (!row) continue;
    for (const other of others) {
      const reason = `row ${String(row.row)} holds the same response`;
      for (const part of session.parts) noteOf(other, part)("skip", reason);
      if (answersText(other) !== answersText(row))
        ledger.warn(other.row, "ID", `Left out: ${reason}.`);
    }
    for (const part of session.parts) {
      const note = noteOf(row, part);
      const { response_id } = row;
      const rating = recorded.get(slot(part.id, response_id));
      if (!rating) {
        changes.create.push({ ...answersOf(row), speaker_session_id: part.id, response_id });
        note("create", "not known yet");
      } else if (strategy === "fail") {
        note("fail", "there already");
      } else {
        const taken =
          strategy === "update" ? ifAnything(differingFields(answersOf(row), rating)) : null;
        if (taken) changes.update.push({ ...taken, id: rating.id });
        note(taken ? "update" : "skip", taken ? "answered differently" : "there already");
      }
    }
  }
  const matched = new Set([...answers.values()].map(({ session }) => session));
  return { changes, sessions_matched: matched.size };

  function noteOf({ row, response_id }: RatingRow, { title, speaker }: RatedPart) {
    const identifier = `response ${response_id} for ${title} (${speaker})`;
    return ledger.about({ row, record_type: "ratings", identifier });
  }
}

/**
 * The event's sessions, each with one part per speaker: where an earlier tool recorded a part twice,
 * the first one stands for both.
 */
function sessionsOf(parts: readonly RatedPart[]): {
  sessions: Session[];
  standsFor: Map<number, number>;
} {
  const sessions = new Map<string, Session>();
  const byTitle = new Map<string, Session>();
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
    const created = { title: part.title, speakers: [part.speaker], parts: [part] };
    sessions.set(key === "" ? `title ${title}` : key, created);
    if (!byTitle.has(title)) byTitle.set(title, created);
  }
  return { sessions: [...sessions.values()], standsFor };
}

/** Tells one response about one session, or part of one, from all others. */
function slot(part: number, response: string): string {
  return `${part} ${response}`;
}

function answersOf(row: RatingRow): RatingFields {
  const { topic_rating, presentation_rating, event_rating, speaker_comment, event_comment } = row;
  return { topic_rating, presentation_rating, event_rating, speaker_comment, event_comment };
}

function answersText(row: RatingRow): string {
  return JSON.stringify(answersOf(row));
}
