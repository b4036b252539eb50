import { personEmail, personNames } from "./reading/cells.ts";
import type { Format } from "./format.ts";
import { FORM_COLUMNS } from "./reading/columns.ts";
import type { WalkUpRow } from "./rows.ts";

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
    {
      key: "first_name",
      name: "First Name",
      aliases: ["Full Name", "Name and Surname"],
      // In a form's own export the column Name is who was signed in, and Email theirs.
      orElse: { key: "account_name", without: "start_time" },
      asks: [(question) => /first\s?name|given\s?name|forename/u.test(question)],
    },
    {
      key: "last_name",
      name: "Last Name",
      asks: [(question) => /last\s?name|surname|family\s?name/u.test(question)],
    },
    {
      key: "email",
      name: "Email Address",
      loss: "people are known by name only",
      orElse: { key: "account_email", without: "start_time" },
      asks: [(question) => /e-?mail/u.test(question)],
    },
    {
      key: "phone",
      name: "Cell Phone Number (Optional)",
      loss: "no telephone numbers are read",
      asks: [(question) => /phone|\bcell|mobile/u.test(question)],
    },
  ],
  oneOf: ["first_name", "last_name"],
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
