import type { Cells } from "./cells.ts";
import type { Column } from "./columns.ts";

/** Before a name's or an address's own word: whose it is. */
const WHOSE = ["Attendee", "Guest", "Participant", "Delegate", "Speaker"];
const FIRST = ["First Name", "Given Name", "Forename", "Vorname", "Voornaam"];
const LAST = ["Last Name", "Surname", "Family Name", "Nachname", "Familienname", "Achternaam"];
const WHOLE = ["Full Name", "Name and Surname", "Name"];
const ADDRESS = ["Email", "Email Address", "Mail Address"];

/** Keys of columns of which one is enough to say who somebody is. */
export const NAMES = ["first_name", "last_name", "full_name"] as const;

/**
 * The columns that say who somebody is, by what the export calls them. They go by other names too; where
 * the file lacks the first or the last name, a column with both stands in.
 */
export function personColumns(names: {
  first: string;
  last: string;
  email: string;
  /** Of this export only, what else a column of whole names is called. */
  whole?: string;
}): Column[] {
  const { first, last, email, whole = "Full Name" } = names;
  return [
    {
      key: "email",
      name: email,
      aliases: ofAnybody(ADDRESS),
      tellsWho: true,
      loss: "people are known by name only",
    },
    {
      key: "first_name",
      name: first,
      aliases: ofAnybody(FIRST),
      tellsWho: true,
      loss: (at) => whatNamesAre(at) ?? "people are known by their last names only",
    },
    {
      key: "last_name",
      name: last,
      aliases: ofAnybody(LAST),
      tellsWho: true,
      // Where the first name is missing as well, that is said of it.
      loss: (at) =>
        !at.has("first_name")
          ? undefined
          : (whatNamesAre(at) ??
            `names are taken whole from ${first}, and part at the first space`),
    },
    {
      key: "full_name",
      name: whole,
      aliases: ofAnybody(WHOLE),
      standsInFor: ["first_name", "last_name"],
    },
  ];
}

function ofAnybody(words: readonly string[]): string[] {
  return [...words, ...words.flatMap((word) => WHOSE.map((whose) => `${whose} ${word}`))];
}

function whatNamesAre(at: ReadonlyMap<string, number>): string | undefined {
  if (!at.has("full_name")) return undefined;
  return at.has("first_name") || at.has("last_name")
    ? "it is read from the column of whole names"
    : "names are taken from the column of whole names, and part at the first space";
}

/** A person's names; undefined if neither is there, in which case the row is left out. */
export function personNames(cells: Cells): { first_name: string; last_name: string } | undefined {
  const names = namesOf(cells);
  if (names.first_name === "" && names.last_name === "") {
    cells.warn(
      "first_name",
      "is empty, as is the last name: the row names nobody, and is left out",
    );
    cells.leaveOut("names nobody: neither a first nor a last name");
    return undefined;
  }
  for (const key of ["first_name", "last_name"] as const) {
    if (names[key] === "" && cells.has(key)) cells.warn(key, "is empty");
  }
  return names;
}

/** Where the file has but one column for both names, they part at the first space. */
function namesOf(cells: Cells): { first_name: string; last_name: string } {
  const hasBoth = cells.has("last_name") || cells.has("full_name");
  const first = cells.line("first_name", hasBoth ? 100 : 200) ?? "";
  const last = cells.line("last_name", 100) ?? "";
  if (cells.has("first_name") && cells.has("last_name"))
    return { first_name: first, last_name: last };
  const whole = cells.line("full_name", 200) ?? "";
  if (whole === "")
    return cells.has("last_name") ? { first_name: "", last_name: last } : parted(first);
  if (first !== "") return { first_name: first, last_name: withoutStart(whole, first) };
  if (last !== "") return { first_name: withoutEnd(whole, last), last_name: last };
  return parted(whole);
}

function parted(whole: string): { first_name: string; last_name: string } {
  const [, first_name = "", last_name = ""] = /^(\S*)\s*(.*)$/u.exec(whole) ?? [];
  return { first_name, last_name };
}

/** What follows the first name in a whole one; a column that does not begin with it is of last names. */
function withoutStart(whole: string, first: string): string {
  const start = whole.slice(0, first.length);
  return start.toLowerCase() === first.toLowerCase() && /^(?:\s|$)/u.test(whole.slice(first.length))
    ? whole.slice(first.length).trim()
    : whole;
}

/** What precedes the last name in a whole one; a column that does not end with it is of first names. */
function withoutEnd(whole: string, last: string): string {
  const end = Math.max(0, whole.length - last.length);
  return whole.slice(end).toLowerCase() === last.toLowerCase() &&
    /(?:^|\s)$/u.test(whole.slice(0, end))
    ? whole.slice(0, end).trim()
    : whole;
}

/** A person's e-mail; null, with a warning, where they are known by name only. */
export function personEmail(cells: Cells): string | null {
  const email = cells.email("email");
  if (email === null && cells.has("email"))
    cells.warn("email", "is empty: the person is known by name only");
  return email;
}
