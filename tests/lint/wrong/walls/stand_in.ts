// as stand_in/server.ts

import "../src/cli/which_database.ts"; // command line
import type { A1 } from "../src/servers/import/tools.ts"; // servers
export * from "../src/record/audiences/tools.ts"; // tools
void import("../src/sending/cancel.ts"); // sending
export { b as b4 } from "../src/record/communications/named_recipients.ts"; // record
export type C5 = import("../src/import/procedure/importing.ts").C; // import
export type { D6 } from "../src/import/formats/ratings.ts"; // formats
import "../src/brevo/batches.ts"; // brevo
import type { A8 } from "../src/sending/mail_service/batch.ts"; // mail port
export * from "../src/conventions/call.ts"; // conventions
void import("../src/import/sessions/queries.ts"); // import queries
export { b as b11 } from "../src/record/audiences/queries/audience.ts"; // queries
export type C12 = import("../src/mcp/errors.ts").C; // mcp
export type { D13 } from "../src/words/email_address.ts"; // words
import "../src/environment.ts"; // environment
import type { A15 } from "../src/version.ts"; // version
export * from "../src/database/migrate.ts"; // database
void import("../src/database/embedded/index.ts"); // embedded door
export { b as b18 } from "../src/database/embedded/errors.ts"; // embedded database
export type C19 = import("../src/database/postgres_js/arrays.ts").C; // postgres.js
export type { D20 } from "../demo/people.ts"; // demo
import "../workbench/server.ts"; // workbench
import type { A22 } from "../bench/ground.ts"; // bench
import "../evals/story.ts"; // evals
export * from "../scripts/proving.ts"; // scripts
void import("../tests/support/people.ts"); // tests
export { b as b25 } from "@modelcontextprotocol/server"; // @modelcontextprotocol/
export type C26 = import("postgres").C; // postgres
