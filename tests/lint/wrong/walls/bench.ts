// as bench/measure.ts

import "../src/cli/which_database.ts"; // command line
import type { A1 } from "../src/record/audiences/tools.ts"; // tools
export * from "../src/taking_away/new_file.ts"; // taking away
void import("../src/report/report.ts"); // report
export { b as b4 } from "../src/sending/cancel.ts"; // sending
export type C5 = import("../src/record/communications/named_recipients.ts").C; // record
export type { D6 } from "../src/import/procedure/importing.ts"; // import
import "../src/import/formats/ratings.ts"; // formats
import type { A8 } from "../src/brevo/batches.ts"; // brevo
export * from "../src/sending/mail_service/batch.ts"; // mail port
void import("../src/conventions/call.ts"); // conventions
export { b as b11 } from "../src/import/sessions/queries.ts"; // import queries
export type C12 = import("../src/record/audiences/queries/audience.ts").C; // queries
export type { D13 } from "../src/words/email_address.ts"; // words
import "../src/environment.ts"; // environment
import type { A15 } from "../src/database/embedded/index.ts"; // embedded door
export * from "../src/database/embedded/errors.ts"; // embedded database
void import("../src/database/postgres_js/arrays.ts"); // postgres.js
export { b as b18 } from "../demo/people.ts"; // demo
export type C19 = import("../evals/story.ts").C; // evals
export type { D20 } from "../scripts/proving.ts"; // scripts
import "../tests/support/people.ts"; // tests
import type { A22 } from "@modelcontextprotocol/server"; // @modelcontextprotocol/
