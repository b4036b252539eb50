import type { Sliced } from "../procedure/slices.ts";
import { columnName } from "../formats/reading/columns.ts";
import { ratings as format } from "../formats/ratings.ts";
import type { RatingRow } from "../formats/rows.ts";
import { addTo } from "../../words/groups.ts";
import { ERASED_PERSON } from "../../words/names.ts";
import { SessionLabels } from "./labels.ts";
import { LabelMappings, type Mapping } from "./mappings.ts";
import type { PlanOptions } from "../procedure/kind.ts";
import type { Ledger } from "../procedure/ledger.ts";
import { byText } from "../people/person.ts";
import { differingFields, ifAnything } from "../procedure/values.ts";
import type {
  KeptAnswer,
  KnownRating,
  RatedPart,
  RatingFields,
  RememberedLabel,
} from "./queries.ts";
import { sessionsOf, type RatedSession } from "./sessions.ts";
import { UnmatchedAnswers, type UnmatchedChanges } from "./unmatched.ts";

/** What the database holds about a file of ratings. */
export interface KnownRatings {
  parts: readonly RatedPart[];
  ratings: readonly KnownRating[];
  labels: readonly RememberedLabel[];
  unmatched: readonly KeptAnswer[];
}

/** What importing ratings changes; in an update null is what stays. */
interface RatingChanges {
  create: Omit<KnownRating, "id">[];
  update: (RatingFields & { id: number })[];
  /** What labels mean from now on. */
  labels: RememberedLabel[];
  unmatched: UnmatchedChanges;
}

interface PlannedRatings {
  changes: RatingChanges;
  sessions_matched: number;
}

/** Plans what importing ratings does: each answer makes one rating for each speaker of its session. */
export function* planRatings(
  rows: readonly RatingRow[],
  known: KnownRatings,
  { strategy, threshold, mappings }: PlanOptions,
  ledger: Ledger,
): Sliced<PlannedRatings> {
  const { sessions, standsFor } = sessionsOf(known.parts);
  const labels = new SessionLabels(sessions, threshold);
  const inFile = new Set(rows.map(({ label }) => label));
  const mapped = new LabelMappings(sessions, known.labels, mappings, inFile);
  const unmatched = new UnmatchedAnswers(known.unmatched);
  const recorded = new Map<string, KnownRating>();
  for (const rating of [...known.ratings].sort((a, b) => b.id - a.id)) {
    recorded.set(slot(standsFor.get(rating.speaker_session_id) ?? 0, rating.response_id), rating);
  }
  const isRated = ({ response_id }: RatingRow, session: RatedSession | null) =>
    session?.parts.some(({ id }) => recorded.has(slot(id, response_id))) ?? false;

  const answers = new Map<string, { session: RatedSession; rows: RatingRow[] }>();
  const byMapping = new Map<Mapping, [RatingRow, ...RatingRow[]]>();
  for (const row of rows) {
    yield;
    const mapping = mapped.of(row.label);
    const isMapped = mapping !== undefined && mapping.lost === null;
    if (isMapped) addTo(byMapping, mapping, row);
    const identifier = `response ${row.response_id}: ${row.label}`;
    const note = ledger.about({ row: row.row, record_type: "ratings", identifier });
    if (isMapped && mapping.session === null) {
      unmatched.leaveOut(row.label);
      note("skip", "the label is left out, as was said");
      continue;
    }
    const { session: likest, nearest, score, isAmbiguous } = labels.match(row.label);
    const session = mapping ? mapping.session : likest;
    if (session) {
      unmatched.settle(row);
      const key = slot(sessions.indexOf(session), row.response_id);
      const answer = answers.get(key);
      if (answer) answer.rows.push(row);
      else answers.set(key, { session, rows: [row] });
      continue;
    }
    const reason = mapping
      ? `mapped to ${mapping.lost ?? ""}, which the event does not have`
      : isAmbiguous
        ? "matches several sessions equally"
        : nearest
          ? "too unlike any session"
          : "the event has no sessions";
    const best = {
      best_match: nearest !== null && score > 0 ? nearest.title : null,
      // Never rounded up to the threshold it missed.
      score: Math.floor(score * 1000) / 1000,
    };
    ledger.unmatched.push({ row: row.row, label: row.label, ...best, reason });
    ledger.note({ row: row.row, action: "fail", record_type: "ratings", identifier, reason });
    // One that a lower threshold had brought to that session is in the record.
    if (!isRated(row, nearest)) unmatched.keep(row, best);
  }

  const create: RatingChanges["create"] = [];
  const update: RatingChanges["update"] = [];
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
      const given = answersOf(row);
      // What was said of somebody who was erased is not kept; the figures are.
      if (part.speaker === ERASED_PERSON) given.speaker_comment = null;
      if (!rating) {
        create.push({ ...given, speaker_session_id: part.id, response_id });
        note("create", "not known yet");
      } else if (strategy === "fail") {
        note("fail", "there already");
      } else {
        const taken = strategy === "update" ? ifAnything(differingFields(given, rating)) : null;
        if (taken) update.push({ ...taken, id: rating.id });
        note(taken ? "update" : "skip", taken ? "answered differently" : "there already");
      }
    }
  }
  for (const [mapping, same] of byMapping) {
    yield;
    const { label, session, named, from_memory } = mapping;
    const [{ row }] = same;
    const skipped = session === null;
    ledger.mapped.push({ label, session: named, skipped, from_memory, rows: same.length });
    if (from_memory) continue;
    const before = mapping.before ? mapping.before.session : labels.match(label).session;
    const stay = before === session ? 0 : same.filter((other) => isRated(other, before)).length;
    if (before && stay > 0) {
      const warning = `Of its answers, ${String(stay)} imported earlier for ${before.title} ${stay === 1 ? "stays" : "stay"} there; take that import back if it was wrong.`;
      ledger.warn(row, columnName(format.columns, "label"), warning);
    }
  }
  const matched = new Set([...answers.values()].map(({ session }) => session));
  return {
    changes: { create, update, labels: mapped.changed, unmatched: unmatched.changes },
    sessions_matched: matched.size,
  };

  function noteOf({ row, response_id }: RatingRow, { title, speaker }: RatedPart) {
    const identifier = `response ${response_id} for ${title} (${speaker})`;
    return ledger.about({ row, record_type: "ratings", identifier });
  }
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
