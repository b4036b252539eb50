// as stand_in/server.ts

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
void import("../src/version.ts"); // version
export { b as b18 } from "../src/database/migrate.ts"; // database
export type C19 = import("../src/database/embedded/index.ts").C; // embedded door
export type { D20 } from "../src/database/embedded/errors.ts"; // embedded database
import "../src/database/postgres_js/arrays.ts"; // postgres.js
import type { A22 } from "../demo/people.ts"; // demo
export * from "../workbench/server.ts"; // workbench
void import("../bench/ground.ts"); // bench
export { b as b25 } from "../evals/story.ts"; // evals
export type C26 = import("../scripts/proving.ts").C; // scripts
export type { D27 } from "../tests/support/people.ts"; // tests
import "@modelcontextprotocol/server"; // @modelcontextprotocol/
import type { A29 } from "postgres"; // postgres
