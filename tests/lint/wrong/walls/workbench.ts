// as workbench/client.ts

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
void import("../src/import/sessions/queries.ts"); // import queries
export { b as b11 } from "../src/record/audiences/queries/audience.ts"; // queries
export type C12 = import("../src/words/email_address.ts").C; // words
export type { D13 } from "../src/database/embedded/errors.ts"; // embedded database
import "../src/database/postgres_js/arrays.ts"; // postgres.js
import type { A15 } from "../demo/people.ts"; // demo
export * from "../stand_in/state.ts"; // stand-in
void import("../bench/ground.ts"); // bench
export { b as b18 } from "../evals/story.ts"; // evals
export type C19 = import("../scripts/proving.ts").C; // scripts
export type { D20 } from "../tests/support/people.ts"; // tests
