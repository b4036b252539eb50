// as evals/play.ts

import "../src/cli/which_database.ts"; // command line
import "../src/servers/footing.ts"; // servers
import type { A1 } from "../src/record/audiences/tools.ts"; // tools
export * from "../src/sending/cancel.ts"; // sending
void import("../src/record/communications/named_recipients.ts"); // record
export { b as b4 } from "../src/import/procedure/importing.ts"; // import
export type C5 = import("../src/import/formats/ratings.ts").C; // formats
export type { D6 } from "../src/brevo/batches.ts"; // brevo
import "../src/sending/mail_service/batch.ts"; // mail port
import type { A8 } from "../src/conventions/call.ts"; // conventions
export * from "../src/import/sessions/queries.ts"; // import queries
void import("../src/record/audiences/queries/audience.ts"); // queries
import type { A21 } from "../src/mcp/errors.ts"; // mcp
export { b as b11 } from "../src/words/email_address.ts"; // words
export type C12 = import("../src/environment.ts").C; // environment
import "../src/database/embedded/index.ts"; // embedded door
import type { A15 } from "../src/database/embedded/errors.ts"; // embedded database
export * from "../src/database/postgres_js/arrays.ts"; // postgres.js
export * from "../stand_in/index.ts"; // stand-in
void import("../bench/measure.ts"); // bench
export { b as b18 } from "../scripts/proving.ts"; // scripts
export type C19 = import("../tests/support/people.ts").C; // tests
export type { D20 } from "@modelcontextprotocol/server"; // @modelcontextprotocol/
