// as workbench/client.ts

import "../src/cli/which_database.ts"; // command line
import type { A1 } from "../src/record/audiences/tools.ts"; // tools
export * from "../src/sending/cancel.ts"; // sending
void import("../src/record/communications/named_recipients.ts"); // record
export { b as b4 } from "../src/import/procedure/importing.ts"; // import
export type C5 = import("../src/import/formats/ratings.ts").C; // formats
export type { D6 } from "../src/brevo/batches.ts"; // brevo
import "../src/sending/mail_service/batch.ts"; // mail port
import type { A8 } from "../src/import/sessions/queries.ts"; // import queries
export * from "../src/record/audiences/queries/audience.ts"; // queries
void import("../src/words/email_address.ts"); // words
export { b as b11 } from "../src/database/embedded/errors.ts"; // embedded database
export type C12 = import("../src/database/postgres_js/arrays.ts").C; // postgres.js
export type { D13 } from "../demo/people.ts"; // demo
import "../stand_in/state.ts"; // stand-in
import type { A15 } from "../bench/ground.ts"; // bench
import "../evals/story.ts"; // evals
export * from "../scripts/proving.ts"; // scripts
void import("../tests/support/people.ts"); // tests
