import type { RatingRow } from "../formats/rows.ts";
import type { RowWarning } from "../formats/report.ts";
import { SessionLabels, type LabelledSession } from "./labels.ts";
import type { Clash, Ledger, Planned, Strategy } from "../procedure/ledger.ts";
import { byText, fold } from "../people/person.ts";
import { other } from "../procedure/values.ts";

/** A speaker's part in a session of the event, as the database holds it: a row of `speaker_sessions`. */
interface KnownPart {
  id: number;
  sessionize_session_id: string | null;
  title: string;
  contact_id: number;
  /** Full name of the speaker. */
  speaker: string;
}

/** A rating the database holds. */
interface KnownRating extends RatingValues {
  id: number;
  speaker_session_id: number;
  response_id: string;
}

/** What a person answered. */
interface RatingValues {
  topic_rating: number | null;
  presentation_rating: number | null;
  event_rating: string | null;
  speaker_comment: string | null;
  event_comment: string | null;
}

/** What the database holds about a file of ratings. */
export interface KnownRatings {
  parts: readonly KnownPart[];
  ratings: readonly KnownRating[];
}

/** What importing ratings changes; in an update null is what stays. */
interface RatingChanges {
  create: (RatingValues & { speaker_session_id: number; response_id: string })[];
  update: (RatingValues & { id: number })[];
}

/** A row whose label fits no session well enough, or several equally well. */
export interface Unmatched {
  row: number;
  label: string;
  best_match: string | null;
  /** 0 to 1, to three decimals. */
  score: number;
  reason: string;
}

export interface PlannedRatings extends Planned<RatingChanges> {
  unmatched: Unmatched[];
  sessions_matched: number;
}

interface Session extends LabelledSession {
  /** One row of `speaker_sessions` for each speaker. */
  parts: KnownPart[];
}

/**
 * Plans what importing ratings does: each answer makes one rating for each speaker of its session.
 *
 * @param threshold how like a session's a label must be, 0 to 1
 */
export function planRatings(
  rows: readonly RatingRow[],
  known: KnownRatings,
  strategy: Strategy,
  ledger: Ledger,
  threshold: number,
): PlannedRatings {
  const warnings: RowWarning[] = [];
  const clashes: Clash[] = [];
  const unmatched: Unmatched[] = [];
  const changes: RatingChanges = { create: [], update: [] };
  const { sessions, standsFor } = sessionsOf(known.parts);
  const labels = new SessionLabels(sessions, threshold);
  const recorded = new Map<string, KnownRating>();
  for (const rating of [...known.ratings].sort((a, b) => b.id - a.id)) {
    recorded.set(place(standsFor.get(rating.speaker_session_id) ?? 0, rating.response_id), rating);
  }

  const answers = new Map<string, { session: Session; rows: RatingRow[] }>();
  for (const row of rows) {
    const { session, nearest, score, isAmbiguous } = labels.match(row.label);
    if (session) {
      const key = place(sessions.indexOf(session), row.response_id);
      const answer = answers.get(key);
      if (answer) answer.rows.push(row);
      else answers.set(key, { session, rows: [row] });
      continue;
    }
    const reason = isAmbiguous
      ? "fits several sessions equally"
      : nearest
        ? "too unlike any session"
        : "the event has no sessions";
    unmatched.push({
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
    const [row, ...others] = [...same].sort((a, b) => byText(content(b), content(a)));
    if (!row) continue;
    for (const other of others) {
      const reason = `row ${String(row.row)} holds the same response`;
      for (const part of session.parts) note(other, part, "skip", reason);
      if (content(other) !== content(row)) {
        warnings.push({ row: other.row, field: "ID", warning: `Left out: ${reason}.` });
      }
    }
    for (const part of session.parts) {
      const rating = recorded.get(place(part.id, row.response_id));
      if (!rating) {
        changes.create.push({
          ...values(row),
          speaker_session_id: part.id,
          response_id: row.response_id,
        });
        note(row, part, "create", "not known yet");
      } else if (strategy === "fail") {
        clashes.push({ row: row.row, what: `${identifier(row, part)} is there already` });
        note(row, part, "fail", "there already");
      } else {
        const taken = strategy === "update" ? newValues(row, rating) : null;
        if (taken) changes.update.push({ ...taken, id: rating.id });
        note(row, part, taken ? "update" : "skip", taken ? "answered otherwise" : "there already");
      }
    }
  }
  const matched = new Set([...answers.values()].map(({ session }) => session));
  return { changes, warnings, clashes, unmatched, sessions_matched: matched.size };

  function note(
    row: RatingRow,
    part: KnownPart,
    action: "create" | "update" | "skip" | "fail",
    reason: string,
  ) {
    ledger.note({
      row: row.row,
      action,
      record_type: "ratings",
      identifier: identifier(row, part),
      reason,
    });
  }
}

/**
 * The event's sessions, each with one part per speaker: where an earlier tool recorded a part twice,
 * the first one stands for both.
 */
function sessionsOf(parts: readonly KnownPart[]): {
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

function place(part: number, response: string): string {
  return `${part} ${response}`;
}

function identifier(row: RatingRow, part: KnownPart): string {
  return `response ${row.response_id} for ${part.title} (${part.speaker})`;
}

function values(row: RatingRow): RatingValues {
  const { topic_rating, presentation_rating, event_rating, speaker_comment, event_comment } = row;
  return { topic_rating, presentation_rating, event_rating, speaker_comment, event_comment };
}

function content(row: RatingRow): string {
  return JSON.stringify(values(row));
}

function newValues(row: RatingRow, rating: RatingValues): RatingValues | null {
  const taken: RatingValues = {
    topic_rating: other(row.topic_rating, rating.topic_rating),
    presentation_rating: other(row.presentation_rating, rating.presentation_rating),
    event_rating: other(row.event_rating, rating.event_rating),
    speaker_comment: other(row.speaker_comment, rating.speaker_comment),
    event_comment: other(row.event_comment, rating.event_comment),
  };
  return Object.values(taken).some((value) => value !== null) ? taken : null;
}
