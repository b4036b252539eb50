import type { Format } from "./format.ts";
import { FORM_COLUMNS, type Column } from "./reading/columns.ts";
import { NAMES, personColumns, personEmail, personNames } from "./reading/people.ts";
import type { WalkUpRow } from "./rows.ts";

/**
 * How the form asks who somebody is. In its own export the columns Name and Email are of who was signed in,
 * and come before "Last modified time".
 */
const ASKED: Record<string, Pick<Column, "asks" | "orElse">> = {
  first_name: { asks: [(question) => /first\s?name|given\s?name|forename/u.test(question)] },
  last_name: { asks: [(question) => /last\s?name|surname|family\s?name/u.test(question)] },
  full_name: { orElse: { key: "account_name", without: "start_time", behind: "modified_time" } },
  email: {
    asks: [(question) => /e-?mail/u.test(question)],
    orElse: { key: "account_email", without: "start_time", behind: "modified_time" },
  },
};

/** The Microsoft form that people without a ticket fill in at the door. */
export const walkUp: Format<WalkUpRow> = {
  title: "walk-ins",
  columns: [
    ...FORM_COLUMNS.filter(({ key }) => key !== "completion_time"),
    {
      key: "completion_time",
      name: "Completion time",
      loss: "it is not known when somebody came",
      asks: [
        (question) => /\btime\b|\bdate\b|time\s?stamp|arriv|check(?:ed)?[ -]?in/u.test(question),
      ],
    },
    ...personColumns({ first: "First Name", last: "Last Name", email: "Email Address" }).map(
      (column) => ({ ...column, ...ASKED[column.key] }),
    ),
    {
      key: "phone",
      name: "Cell Phone Number (Optional)",
      loss: "no telephone numbers are read",
      asks: [(question) => /phone|\bcell|mobile/u.test(question)],
    },
  ],
  oneOf: NAMES,
  begin: (times) => (cells) => {
    const person = personNames(cells);
    if (!person) return undefined;
    const row: WalkUpRow = {
      row: cells.row,
      response_id: cells.line("id", 100),
      completed_at: null,
      phone: cells.phone("phone"),
      ...person,
      email: personEmail(cells),
    };
    const completed = cells.line("completion_time", 100);
    const text = completed ?? cells.line("start_time", 100);
    if (text === null && !cells.has("completion_time") && !cells.has("start_time")) return row;
    if (text === null) {
      cells.error("completion_time", "is empty, as is the start time");
      return undefined;
    }
    if (completed === null) cells.warn("completion_time", "is empty; the start time is taken");
    times.read(cells, {
      key: completed === null ? "start_time" : "completion_time",
      text,
      severity: "error",
      assign: (at) => (row.completed_at = at),
    });
    return row;
  },
};
