import { ToolError } from "../../mcp/errors.ts";
import { plain } from "../../mcp/render.ts";
import { nearest } from "../../words/nearest.ts";
import { QUESTION_STARTS, type View } from "./queries.ts";

/** What PostgreSQL says of an error, as far as it is used: its own words are in whatever language and never shown. */
interface DatabaseError {
  code: string;
  /** Where in the statement, in characters from 1. */
  position?: string;
}

/** By SQLSTATE; what is told of the place follows. */
const SENTENCES: Readonly<Record<string, string>> = {
  "42702": "A column of this name is in several of the views; write it as view.column",
  "42703": "There is no such column",
  "42803":
    "A column must be named in GROUP BY or stand in an aggregate, and an aggregate must not stand in WHERE",
  "42804": "Types do not go together; cast one, as in value::text",
  "42883": "No function or operator takes these types; cast one, as in value::date",
  "42725": "It is not clear which function is meant; cast its arguments, as in value::text",
  "42712": "Two of the views have one name; give each another with AS",
  "42P01": "This is not among what follows FROM; name a view or its other name there",
  "42P10": "ORDER BY or GROUP BY names what is not asked for",
  "42P18": "The type of a value is not clear; cast it, as in value::text",
  "42P20": "A window function must not stand here",
  "42601": "The parts of this do not go together",
  "22012": "Something is divided by zero; nullif(…, 0) keeps it from that",
  "22P02": "A text is not what its type asks for, such as a number",
  "22007": "A text is not a date or a time",
  "22008": "A date or a time is out of range",
  "22003": "A number is out of range",
  "2201B": "A pattern is not a regular expression",
  "21000": "A subquery that stands for a value answered several rows; add LIMIT 1 or an aggregate",
  "53200": "The question needs more memory than it may have; narrow it",
  "53400": "The question needs more room than it may have; narrow it",
  "54000":
    "A row or a gathered text is longer than 100 kB; ask for fewer columns, or shorten with left(…)",
  "54001": "The question is nested too deeply",
  "54011": "The question has too many columns",
  "57014":
    "The question took longer than 10 seconds and was ended; narrow it by an event, a person, a mail or a time",
};

/** What is said of a class of errors of which no sentence says more. */
const CLASSES: Readonly<Record<string, string>> = {
  "22": "A value cannot be computed or read as it is written",
  "42": "PostgreSQL cannot make sense of this",
  "0A": "PostgreSQL does not do this",
  "54": "The question is larger than PostgreSQL takes",
};

/**
 * An error of the database in a sentence, with the place in the question and the nearest column; anything that is not
 * about the question as it came.
 *
 * @param views whose columns are compared
 * @param asked how much of its answer was asked for
 */
export function inASentence(
  error: unknown,
  question: string,
  views: readonly View[],
  asked: keyof typeof QUESTION_STARTS,
): unknown {
  if (!isDatabaseError(error)) return error;
  const sentence = SENTENCES[error.code] ?? CLASSES[error.code.slice(0, 2)];
  if (sentence === undefined) return error;
  const place = placeOf(error, question, QUESTION_STARTS[asked]);
  const near = error.code === "42703" ? columnHint(place, question, views) : "";
  return new ToolError(`${sentence}${place === "" ? "" : ` (at "${plain(place)}")`}${near}.`);
}

function isDatabaseError(error: unknown): error is DatabaseError {
  return (
    error instanceof Error &&
    "code" in error &&
    "severity" in error &&
    typeof error.code === "string"
  );
}

/**
 * As {@link inASentence}, of an error of which only the SQLSTATE is known.
 *
 * @throws Error for one that is not about the question
 */
export function sentenceFor(code: string, question: string, views: readonly View[]): ToolError {
  const error = Object.assign(new Error(`SQLSTATE ${code}`), { code, severity: "ERROR" });
  const said = inASentence(error, question, views, "part");
  if (said instanceof ToolError) return said;
  throw error;
}

/** The word of the question at which PostgreSQL stumbled. */
function placeOf({ position }: DatabaseError, question: string, starts: number): string {
  const at = Number(position) - 1 - starts;
  if (!(at >= 0)) return "";
  const rest = Array.from(question).slice(at).join("");
  return /^(?:"(?:[^"]|"")*"|[\p{L}\p{N}_$.])+|^\S{1,20}/u.exec(rest)?.[0].slice(0, 80) ?? "";
}

/** The nearest column of the views that the question reads, and all of a view's where none is near. */
function columnHint(place: string, question: string, views: readonly View[]): string {
  const read = views.filter(({ name }) => new RegExp(`\\b${name}\\b`, "iu").test(question));
  const name = (place.split(".").at(-1) ?? "").replaceAll('"', "");
  const known = new Set(read.flatMap(({ columns }) => columns.map((column) => column.name)));
  const near = name === "" ? "" : nearest(name, known);
  const listed = read.map(
    (view) => `${view.name} has ${view.columns.map((column) => column.name).join(", ")}`,
  );
  return `${near}. ${listed.slice(0, 3).join("; ")}`;
}
