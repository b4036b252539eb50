import { distance } from "fastest-levenshtein";
import { folded } from "../../words/names.ts";

/** A session as a rating's label may name it. */
export interface LabelledSession {
  title: string;
  /** Full names. */
  speakers: readonly string[];
}

/** What a label was taken to mean. */
export interface LabelMatch<Session> {
  /** The session, or null where none is near enough or several are equally near. */
  session: Session | null;
  /** The nearest session, near enough or not; null where there are none. */
  nearest: Session | null;
  /** Likeness of the nearest, 0 to 1. */
  score: number;
  /** Several are equally near. */
  isAmbiguous: boolean;
}

/**
 * Finds the session that a form's label means: `NN. Title - Speaker[, Speaker]`, where number, dash
 * and speakers may be missing and a title may hold dashes itself. Case, accents, punctuation and
 * no-break spaces do not count.
 */
export class SessionLabels<Session extends LabelledSession> {
  readonly #sessions: readonly {
    session: Session;
    title: string;
    /** The title with the speakers, in the orders in which a label may name them. */
    full: readonly string[];
    /** The speakers without the title: all of them, and each alone. */
    names: readonly string[];
  }[];
  readonly #threshold: number;
  readonly #known = new Map<string, LabelMatch<Session>>();

  /** @param threshold the least likeness that counts, 0 to 1 */
  constructor(sessions: readonly Session[], threshold: number) {
    this.#threshold = threshold;
    this.#sessions = sessions.map((session) => {
      const title = folded(session.title);
      const together = orders(session.speakers).map((speakers) => folded(speakers.join(" ")));
      const full = together.map((speakers) => `${title} ${speakers}`.trim());
      return { session, title, full, names: [...together, ...session.speakers.map(folded)] };
    });
  }

  match(label: string): LabelMatch<Session> {
    const known = this.#known.get(label);
    if (known) return known;
    const match = this.#find(label);
    this.#known.set(label, match);
    return match;
  }

  #find(label: string): LabelMatch<Session> {
    const texts = [...new Set([label, label.replace(/^\s*\d+\s*[.):]\s*/u, "")])];
    const wholes = texts.map(folded);
    const parts = texts.flatMap(splits);
    const titles = [...new Set([...wholes, ...parts.map(([title]) => title)])];
    const rests = [...new Set(parts.map(([, rest]) => rest))];
    const ranked = this.#sessions
      .map(({ session, title, full, names }) => ({
        session,
        score: Math.max(highestLikeness(wholes, full), highestLikeness(titles, [title])),
        // Tells sessions of one title apart, where the label names a speaker.
        named: highestLikeness(rests, names),
      }))
      .sort((a, b) => b.score - a.score || b.named - a.named);
    const [first, second] = ranked;
    if (!first) return { session: null, nearest: null, score: 0, isAmbiguous: false };
    const isNear = first.score >= this.#threshold;
    const isTold = first.named >= TOLD && first.named > (second?.named ?? 0);
    const isAmbiguous = isNear && second?.score === first.score && !isTold;
    const { session, score } = first;
    return {
      session: isNear && !isAmbiguous ? session : null,
      nearest: session,
      score,
      isAmbiguous,
    };
  }
}

/** How like a speaker's name what follows the title must be to tell sessions of one title apart. */
const TOLD = 0.6;

/** What stands before and after each dash: one of them is where the title ends and the speakers begin. */
function splits(text: string): [title: string, rest: string][] {
  return Array.from(text.matchAll(/\s[-\u2013\u2014]\s/gu), ({ 0: dash, index }) => [
    folded(text.slice(0, index)),
    folded(text.slice(index + dash.length)),
  ]);
}

/** The orders in which a label may name the speakers; of more than three only those likely. */
function orders(names: readonly string[]): (readonly string[])[] {
  const [a = "", b = "", c = ""] = names;
  if (names.length <= 1) return [names];
  if (names.length === 2) return [names, [b, a]];
  if (names.length === 3) {
    return [names, [a, c, b], [b, a, c], [b, c, a], [c, a, b], [c, b, a]];
  }
  return [names, [...names].reverse(), [...names].sort()];
}

function highestLikeness(labels: readonly string[], sessions: readonly string[]): number {
  return Math.max(
    0,
    ...labels.flatMap((label) => sessions.map((session) => likeness(label, session))),
  );
}

/** 1 for equal texts, 0 for texts with nothing in common; a text without words is like no other. */
function likeness(a: string, b: string): number {
  if (a === "" || b === "") return 0;
  return 1 - distance(a, b) / Math.max(a.length, b.length);
}
