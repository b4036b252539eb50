import type { Column } from "./columns.ts";

/**
 * What Microsoft Forms puts before the questions. Email and Name are those of who is signed in, not of
 * who answers: nobody is, so Email says "anonymous".
 */
export const FORM_COLUMNS: readonly Column[] = [
  { key: "id", name: "ID" },
  { key: "start_time", name: "Start time" },
  { key: "completion_time", name: "Completion time" },
  { key: "account_email", name: "Email" },
  { key: "account_name", name: "Name" },
  { key: "modified_time", name: "Last modified time" },
];
