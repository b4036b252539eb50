import { percent, readable } from "./figures.ts";

/** Whether a JSON value is an object and no list. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * What ends a line, steers a terminal or the direction of writing, or is not seen at all, so that words
 * could be hidden in it: by Unicode's properties, because a list would know last year's only.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** Scripts whose words are spelled with joiners, as many Persian and Indic names are. */
const JOINED = String.raw`\p{Script=Arabic}\p{Script=Syriac}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Gurmukhi}\p{Script=Gujarati}\p{Script=Oriya}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Sinhala}`;

/** Unseen characters with which names and emoji are spelled: one, between what it belongs to. */
const SPELLING = new RegExp(
  String.raw`(?<=[${JOINED}])[\u200c\u200d](?=[${JOINED}])|(?<=\p{Extended_Pictographic})\ufe0f|(?<=\p{Extended_Pictographic}[\p{Emoji_Modifier}\ufe0f]?)\u200d(?=\p{Extended_Pictographic})`,
  "uy",
);

/**
 * One line of harmless text from a stranger's words: line breaks, control and direction characters and
 * whatever is not seen are shown as escapes, and what a host might take for an HTML tag is not one any
 * more. What a name or an emoji is spelled with stays.
 */
export function plain(value: string): string {
  return (
    seen(value, escaped)
      // A message id like <1@example.org> is not a tag.
      .replace(/<(?=[a-z/!?])(?![^<>\s]*@[^<>\s]*>)/giu, "&lt;")
  );
}

/** A text in which whatever is not seen is replaced, but for what a name or an emoji is spelled with. */
export function seen(value: string, replaced: (character: string) => string): string {
  return value.replace(UNSEEN, (character, at: number) => {
    SPELLING.lastIndex = at;
    return SPELLING.test(value) ? character : replaced(character);
  });
}

function escaped(character: string): string {
  if (character === "\n") return "\\n";
  if (character === "\r") return "\\r";
  if (character === "\t") return "\\t";
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

/**
 * The facts of an answer as compact text: one line for each fact, a table for a list of rows. Every value of
 * the structure appears in it, so that a reader of the text knows no less.
 */
export function render(headline: string, facts: Record<string, unknown>): string {
  const lines = [headline];
  for (const [name, value] of Object.entries(facts)) {
    if (Array.isArray(value) && value.some(isRecord))
      lines.push(...tableLines(name, value as unknown[]));
    else if (Array.isArray(value) && value.length > 0 && value.every(Array.isArray))
      lines.push(`${name}:`, ...value.map(rowLine));
    else lines.push(`${name}: ${valueText(name, value)}`);
  }
  return lines.join("\n");
}

function tableLines(name: string, rows: unknown[]): string[] {
  const records = rows.filter(isRecord);
  const columns = [...new Set(records.flatMap((row) => Object.keys(row)))];
  const filled = columns.filter((column) => records.some((row) => !isEmpty(row[column])));
  const empty = columns.filter((column) => !filled.includes(column));
  const note = empty.length > 0 ? ` (none has ${empty.join(", ")})` : "";
  return [
    `${name}${note}:`,
    `| ${filled.map((column) => cell(plain(column))).join(" | ")} |`,
    ...records.map(
      (row) => `| ${filled.map((column) => cell(valueText(column, row[column]))).join(" | ")} |`,
    ),
  ];
}

/** A row whose columns are named elsewhere. */
function rowLine(row: readonly unknown[]): string {
  return `| ${row.map((value) => cell(inline(value))).join(" | ")} |`;
}

/** A cell with no pipe that ends it, whether its reader takes every backslash for an escape or only the last. */
function cell(text: string): string {
  return text.replace(/\\*\|/gu, (pipe) => `${pipe.slice(0, -1)}${pipe.slice(0, -1)}\\|`);
}

function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || (Array.isArray(value) && value.length === 0);
}

/** What a rate is called in every answer; it is read in percent. */
const IS_RATE = /(?:^|_)(?:rate|conversion)$/u;

/** A field's value: what it is called says how a number is read. */
function valueText(name: string, value: unknown): string {
  return typeof value === "number" && IS_RATE.test(name) ? percent(value) : inline(value);
}

function inline(value: unknown): string {
  if (value === null || value === undefined) return "-";
  if (typeof value === "string") return plain(value);
  if (typeof value === "number") return readable(value);
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.map(itemText).join("; ");
  return isRecord(value) ? recordText(value) : JSON.stringify(value);
}

function itemText(value: unknown): string {
  const content = inline(value);
  return isRecord(value) && Object.keys(value).length > 2 ? `(${content})` : content;
}

function recordText(value: Record<string, unknown>): string {
  const entries = Object.entries(value);
  if (entries.length === 0) return "none";
  const [first, second] = entries;
  if (
    first?.[0] === "id" &&
    typeof second?.[1] === "string" &&
    /^(?:name|title)$/u.test(second[0])
  ) {
    const rest = entries.slice(2).map(fieldText);
    return [`${String(first[1])} ${plain(second[1])}`, ...rest].join(", ");
  }
  return entries.map(fieldText).join(", ");
}

function fieldText([name, value]: [string, unknown]): string {
  const content = valueText(name, value);
  return isRecord(value) && Object.keys(value).length > 2
    ? `${plain(name)} [${content}]`
    : `${plain(name)} ${content}`;
}
