import { csv } from "../../../workbench/exports.ts";

const NBSP = "\u00a0";

const WALK_IN_COLUMNS = [
  "ID",
  "Start time",
  "Completion time",
  "Email",
  "Name",
  "Last modified time",
  "First Name",
  "Last Name",
  "Email Address",
  "Cell Phone Number (Optional)",
];

const SESSIONIZE_COLUMNS = [
  "Session Id",
  "Title",
  "Description",
  "Owner",
  "Owner Email",
  "Session format",
  "Track",
  "Level",
  "Owner Informed",
  "Owner Confirmed",
  "Room",
  "Scheduled At",
  "Scheduled Duration",
  "Live Link",
  "Recording Link",
  "Speaker Id",
  "FirstName",
  "LastName",
  "Email",
  "TagLine",
  "Bio",
  "Speaker Shirt Size",
  "I understand that I will not be paid",
  "I understand that the session is recorded",
  "Profile Picture",
];

const RATING_COLUMNS = [
  "ID",
  "Start time",
  "Completion time",
  "Email",
  "Name",
  "Last modified time",
  "Which session did you attend?",
  "How informative was the session?",
  "How was the speaker's delivery?",
  "What is one thing the speaker could have done better?",
  "Was the event a good investment of your time?",
  "What is one thing you would change about the event?",
  "Your name, for the prize draw",
];

type Cells = Record<string, string>;

function table(columns: readonly string[], rows: readonly Cells[], usual: Cells): string {
  const lines = rows.map((row) => columns.map((column) => row[column] ?? usual[column] ?? ""));
  return csv([columns, ...lines]);
}

const ANSWERED = {
  "Start time": "2026-11-14 08:00:00",
  "Completion time": "2026-11-14 08:05:00",
  Email: "anonymous",
};

/** The form at the door as CSV; each row by what differs from the usual. */
export function walkIns(rows: readonly Cells[]): string {
  return table(WALK_IN_COLUMNS, rows, ANSWERED);
}

/** Sessionize's export as CSV. */
export function sessions(rows: readonly Cells[]): string {
  return table(SESSIONIZE_COLUMNS, rows, { "Owner Informed": "No", "Owner Confirmed": "No" });
}

/** A rating by what the form asks. */
export interface Answer {
  id: string;
  label: string;
  topic?: string;
  delivery?: string;
  better?: string;
  worth?: string;
  change?: string;
}

/** The feedback form as CSV. */
export function ratings(answers: readonly Answer[]): string {
  const [session, topic, delivery, better, worth, change] = RATING_COLUMNS.slice(6);
  return table(
    RATING_COLUMNS,
    answers.map((answer) => ({
      ID: answer.id,
      [session!]: answer.label,
      [topic!]: answer.topic ?? "5",
      [delivery!]: answer.delivery ?? "6",
      [better!]: answer.better ?? "",
      [worth!]: answer.worth ?? "",
      [change!]: answer.change ?? "",
    })),
    ANSWERED,
  );
}

/** A session's label as the form writes it, with no-break spaces. */
export function label(number: number, title: string, speakers: readonly string[]): string {
  return `${String(number).padStart(2, "0")}.${NBSP}${title}${NBSP}- ${speakers.join(", ")}`;
}
