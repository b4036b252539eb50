import { folded } from "../../words/names.ts";
import type { RatingRow } from "../formats/rows.ts";
import type { KeptAnswer, UnmatchedAnswer } from "./queries.ts";

/** What becomes of the answers that are kept because no session got them. */
export interface UnmatchedChanges {
  added: UnmatchedAnswer[];
  /** Ids of those that a session got now, that are left out, or that say something else now. */
  gone: number[];
}

/** Which answers that no session gets are kept for the event: each once, until a session gets it. */
export class UnmatchedAnswers {
  readonly #kept = new Map<string, KeptAnswer>();
  readonly #byLabel = new Map<string, KeptAnswer[]>();
  readonly #added = new Map<string, UnmatchedAnswer>();
  readonly #gone = new Set<number>();

  constructor(kept: readonly KeptAnswer[]) {
    for (const answer of kept) {
      this.#kept.set(keyOf(answer), answer);
      const label = folded(answer.label);
      this.#byLabel.set(label, [...(this.#byLabel.get(label) ?? []), answer]);
    }
  }

  /** A session got it. */
  settle(row: RatingRow): void {
    const kept = this.#kept.size === 0 ? undefined : this.#kept.get(keyOf(row));
    if (kept) this.#gone.add(kept.id);
  }

  /** Nobody wants the answers of this label. */
  leaveOut(label: string): void {
    for (const { id } of this.#byLabel.get(folded(label)) ?? []) this.#gone.add(id);
  }

  /** No session got it. */
  keep(row: RatingRow, nearest: Pick<UnmatchedAnswer, "best_match" | "score">): void {
    const { label, response_id, topic_rating, presentation_rating } = row;
    const answer = { label, response_id, topic_rating, presentation_rating, ...nearest };
    const key = keyOf(row);
    if (this.#added.has(key)) return;
    const kept = this.#kept.get(key);
    if (kept && isSame(kept, answer)) return;
    if (kept) this.#gone.add(kept.id);
    this.#added.set(key, answer);
  }

  get changes(): UnmatchedChanges {
    return { added: [...this.#added.values()], gone: [...this.#gone] };
  }
}

function keyOf({ label, response_id }: Pick<UnmatchedAnswer, "label" | "response_id">): string {
  return `${folded(label)}\0${response_id}`;
}

function isSame(one: UnmatchedAnswer, other: UnmatchedAnswer): boolean {
  return (
    one.best_match === other.best_match &&
    one.score === other.score &&
    one.topic_rating === other.topic_rating &&
    one.presentation_rating === other.presentation_rating
  );
}
