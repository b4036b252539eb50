import { personEmail, personNames } from "./reading/cells.ts";
import type { Format } from "./format.ts";
import { FORM_COLUMNS, requiring } from "./reading/columns.ts";
import type { WalkUpRow } from "./rows.ts";

/** The Microsoft form that people without a ticket fill in at the door. */
export const walkUp: Format<WalkUpRow> = {
  title: "walk-ins",
  columns: [
    ...requiring(FORM_COLUMNS, "completion_time"),
    {
      key: "first_name",
      name: "First Name",
      required: true,
      asks: [(question) => /first\s?name|given\s?name|forename/u.test(question)],
    },
    {
      key: "last_name",
      name: "Last Name",
      required: true,
      asks: [(question) => /last\s?name|surname|family\s?name/u.test(question)],
    },
    {
      key: "email",
      name: "Email Address",
      required: true,
      asks: [(question) => /e-?mail/u.test(question)],
    },
    {
      key: "phone",
      name: "Cell Phone Number (Optional)",
      loss: "no telephone numbers are read",
      asks: [(question) => /phone|\bcell|mobile/u.test(question)],
    },
  ],
  begin: (times) => (cells) => {
    const person = personNames(cells);
    if (!person) return undefined;
    const row: WalkUpRow = {
      row: cells.row,
      response_id: cells.line("id", 100),
      completed_at: "",
      phone: cells.phone("phone"),
      ...person,
      email: personEmail(cells),
    };
    const completed = cells.line("completion_time", 100);
    const text = completed ?? cells.line("start_time", 100);
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
