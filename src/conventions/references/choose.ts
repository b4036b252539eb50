import type * as z from "zod";
import { ToolError } from "../../mcp/errors.ts";
import type { taken } from "../../mcp/fields.ts";
import { plain } from "../../mcp/render.ts";
import { nearestTo } from "./nearness.ts";

/** The form in which every answer names a row. */
export interface Named {
  id: number;
  name: string;
}

/** A row in that form. */
export function nameOf({ id, name }: Named): Named {
  return { id, name };
}

/** A row that was taken for what a reference means, and what is to be said of that. */
export interface Taken extends Named {
  /** Other rows that the words fit, where it was taken for its exact name. */
  also_fits: Named[];
  /** The name that was given, where it is a former one. */
  formerly?: string | null;
}

/** What an answer says of a row that was taken. */
export function asTaken(row: Named & Partial<Taken>): z.input<typeof taken> {
  const { also_fits = [], formerly } = row;
  return {
    ...nameOf(row),
    ...(also_fits.length > 0 && { also_fits }),
    ...(typeof formerly === "string" && { formerly }),
  };
}

/** One row as it was taken, several as a list. */
export function oneOrSeveral(rows: readonly (Named & Partial<Taken>)[]) {
  const [first] = rows;
  return first && rows.length === 1 ? asTaken(first) : rows.map(nameOf);
}

/** A row that a reference may mean. */
export interface Candidate extends Named {
  /** What tells it from others of the same name. */
  detail: string;
  /** How well it matches: lower is better; only the best are in question. */
  rank: number;
}

/** What kind of row is looked for, in the words of an error. */
export interface Kind {
  /** The argument, e.g. `campaign`. */
  argument: string;
  /** The tool that lists such rows, e.g. `list_campaigns`. */
  lister: string;
  /** What narrowed the search, e.g. ` for that event`. */
  within?: string;
  /** Whether they are people, of whom nobody is named who is not near, however few there are. */
  isPerson?: boolean;
}

/** How many candidates an error lists, and so how many a query need fetch, plus one. */
export const LISTED = 10;

/**
 * The rows that match best: those of the lowest rank.
 *
 * @param candidates what the query found, at most `LISTED + 1` of the best rank
 */
export function best<Found extends Candidate>(candidates: readonly Found[]): Found[] {
  if (candidates.length < 2) return [...candidates];
  const rank = Math.min(...candidates.map((candidate) => candidate.rank));
  const ids = new Set<number>();
  return candidates.filter((candidate) => {
    if (candidate.rank !== rank || ids.has(candidate.id)) return false;
    ids.add(candidate.id);
    return true;
  });
}

/**
 * Other rows that fit the words of a reference for which the best was taken: none where an id was given,
 * which is no name.
 */
export function othersFitting(candidates: readonly Candidate[]): Named[] {
  const taken = best(candidates);
  if (taken[0]?.rank === 0) return [];
  const ids = new Set(taken.map(({ id }) => id));
  const others = candidates.filter(({ id }) => !ids.has(id) && ids.add(id));
  return others.slice(0, LISTED).map(nameOf);
}

/**
 * The one row that is meant. A number is an id, to which no name is near.
 *
 * @param nearest fetches rows whose names may be near, for the error that nothing matches
 * @throws ToolError that lists the candidates when several match, or the nearest when none does
 */
export async function chooseOne<Found extends Candidate>(
  kind: Kind,
  given: string,
  candidates: readonly Found[],
  nearest: () => Promise<readonly Candidate[]>,
): Promise<Found & Taken> {
  const chosen = only(kind, given, candidates);
  if (chosen) return chosen;
  throw new ToolError(missing(kind, given, isNumber(given) ? [] : await nearest()));
}

/**
 * As {@link chooseOne}, of rows that are all at hand.
 *
 * @param candidates those that match
 */
export function chooseAmong<Found extends Candidate>(
  kind: Kind,
  given: string,
  all: readonly Candidate[],
  candidates: readonly Found[],
): Found & Taken {
  const chosen = only(kind, given, candidates);
  if (chosen) return chosen;
  throw new ToolError(missing(kind, given, isNumber(given) ? [] : all));
}

function only<Found extends Candidate>(
  kind: Kind,
  given: string,
  candidates: readonly Found[],
): (Found & Taken) | undefined {
  const meant = best(candidates);
  const [first] = meant;
  if (!first) return undefined;
  if (meant.length > 1) throw new ToolError(ambiguous(kind, given, meant));
  return { ...first, also_fits: othersFitting(candidates) };
}

function isNumber(given: string): boolean {
  return /^\d+$/u.test(given);
}

/** The sentence that lists what a reference may mean. */
export function ambiguous(kind: Kind, given: string, candidates: readonly Candidate[]): string {
  const more = candidates.length > LISTED ? " and more" : "";
  return `${kind.argument} "${plain(given)}" matches several: ${candidates.slice(0, LISTED).map(described).join(", ")}${more}. Give the id of the one you mean.`;
}

/**
 * The sentence that says that a reference matches nothing: with what is near it, else with all if they are few.
 *
 * @param all rows whose names may be near
 */
export function missing(kind: Kind, given: string, all: readonly Candidate[]): string {
  const lists = `${kind.lister} lists all.`;
  return `There is no ${kind.argument} "${plain(given)}"${kind.within ?? ""}. ${hint(kind, given, all)}${lists}`;
}

function hint({ isPerson = false }: Kind, given: string, all: readonly Candidate[]): string {
  if (all.length === 0) return "";
  const near = nearestTo(given, all);
  if (near.length > 0) return `The nearest: ${near.map(described).join(", ")}; `;
  if (isPerson) return "Nobody here has a name like it; ";
  if (all.length > LISTED) return "None has a name like it; ";
  return `There ${all.length === 1 ? "is" : "are"}: ${all.map(described).join(", ")}; `;
}

/** A candidate as `id name (detail)`. */
export function described(candidate: Candidate): string {
  const detail = candidate.detail === "" ? "" : ` (${plain(candidate.detail)})`;
  return `${String(candidate.id)} ${plain(candidate.name)}${detail}`;
}

/** The id that a reference of digits only may be; null for words and for what no id can be. */
export function asId(given: string): number | null {
  return /^\d{1,10}$/u.test(given) && Number(given) <= 2_147_483_647 ? Number(given) : null;
}
