import { csv, QUICKET_COLUMNS, ticket } from "../../../workbench/exports.ts";
import { label, ratings, sessions, walkIns } from "./forms.ts";
import type { TOOL_OF } from "./in_process.ts";

/**
 * Makes a file of so many rows, of which every kind of row is in the first fifty.
 *
 * @param from number of the first; files of other numbers are about other people, sessions and tickets
 */
type MakeFile = (rows: number, from?: number) => string;

/** A file for each import. */
export const FILES: Record<keyof typeof TOOL_OF, MakeFile> = {
  quicket_registrations: (rows, from) => quicket(numbers(rows, from), "No"),
  quicket_checkins: (rows, from) => quicket(numbers(rows, from), "Yes"),
  walkup: (rows, from) =>
    walkIns(
      numbers(rows, from).map((n) => ({
        "First Name": `Walker ${String(n)}`,
        "Last Name": "In",
        "Email Address": `walker${String(n)}@example.org`,
        "Cell Phone Number (Optional)": "0821234567",
      })),
    ),
  sessionize: (rows, from) =>
    sessions(
      numbers(rows, from).map((n) => ({
        "Session Id": String(n),
        Title: `Session ${String(n)}`,
        "Speaker Id": `sp-${String(n)}`,
        FirstName: `Speaker ${String(n)}`,
        LastName: "Person",
        Email: `speaker${String(n)}@example.org`,
        "Speaker Shirt Size": "M",
        "Profile Picture": "https://images.example.org/p.png",
      })),
    ),
  ratings: (rows, from) =>
    ratings(
      numbers(rows, from).map((n) => ({
        id: String(n),
        label: label(n % 50, `Session ${String(n % 50)}`, [`Speaker ${String(n % 50)} Person`]),
      })),
    ),
};

function quicket(numbered: readonly number[], came: string): string {
  return csv([
    QUICKET_COLUMNS,
    ...numbered.map((n) =>
      ticket({
        "Ticket Number": String(1000 + n),
        "First name": `Guest ${String(n)}`,
        Email: `guest${String(n)}@example.org`,
        "Purchaser Email": `guest${String(n - (n % 3))}@example.org`,
        Cellphone: "+27821234567",
        "Area of Interest": `Topic ${String(n % 20)}, Topic ${String(n % 7)}`,
        "Link Campaign": n % 2 === 0 ? "cfp-2026" : "-",
        "Checked In": came,
      }),
    ),
  ]);
}

function numbers(count: number, from = 0): number[] {
  return Array.from({ length: count }, (_, index) => from + index);
}
