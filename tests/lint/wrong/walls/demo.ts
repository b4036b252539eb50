// as demo/walk.ts

import "../src/cli/which_database.ts"; // command line
import type { A1 } from "../src/servers/import/tools.ts"; // servers
export * from "../src/record/audiences/tools.ts"; // tools
void import("../src/taking_away/new_file.ts"); // taking away
export { b as b4 } from "../src/report/report.ts"; // report
export type C5 = import("../src/sending/cancel.ts").C; // sending
export type { D6 } from "../src/record/communications/named_recipients.ts"; // record
import "../src/import/procedure/importing.ts"; // import
import type { A8 } from "../src/import/formats/ratings.ts"; // formats
export * from "../src/brevo/batches.ts"; // brevo
void import("../src/sending/mail_service/batch.ts"); // mail port
export { b as b11 } from "../src/conventions/call.ts"; // conventions
export type C12 = import("../src/import/sessions/queries.ts").C; // import queries
export type { D13 } from "../src/record/audiences/queries/audience.ts"; // queries
import "../src/mcp/errors.ts"; // mcp
import type { A15 } from "../src/words/email_address.ts"; // words
export * from "../src/environment.ts"; // environment
void import("../src/database/embedded/errors.ts"); // embedded database
export { b as b18 } from "../src/database/postgres_js/arrays.ts"; // postgres.js
export type C19 = import("../workbench/server.ts").C; // workbench
export type { D20 } from "../bench/ground.ts"; // bench
import "../evals/story.ts"; // evals
import type { A22 } from "../scripts/proving.ts"; // scripts
export * from "../tests/support/people.ts"; // tests
