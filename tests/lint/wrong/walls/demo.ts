// as demo/walk.ts

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
import type { A15 } from "../src/database/embedded/errors.ts"; // embedded database
export * from "../src/database/postgres_js/arrays.ts"; // postgres.js
void import("../workbench/server.ts"); // workbench
export { b as b18 } from "../bench/ground.ts"; // bench
import "../evals/story.ts"; // evals
export type C19 = import("../scripts/proving.ts").C; // scripts
export type { D20 } from "../tests/support/people.ts"; // tests
