// as bench/measure.ts

import "../src/cli/place.ts"; // command line
import type { A1 } from "../src/record/audiences/tools.ts"; // tools
export * from "../src/sending/cancel.ts"; // sending
void import("../src/record/communications/named_recipients.ts"); // record
export { b as b4 } from "../src/import/common/importing.ts"; // import
export type C5 = import("../src/import/formats/ratings.ts").C; // formats
export type { D6 } from "../src/brevo/batches.ts"; // brevo
import "../src/sending/mail_service/batch.ts"; // mail port
import type { A8 } from "../src/conventions/call.ts"; // conventions
export * from "../src/import/sessions/queries.ts"; // import queries
void import("../src/record/audiences/queries/audience.ts"); // queries
export { b as b11 } from "../src/environment.ts"; // environment
export type C12 = import("../src/version.ts").C; // version
export type { D13 } from "../src/database/embedded/index.ts"; // embedded door
import "../src/database/embedded/errors.ts"; // embedded database
import type { A15 } from "../src/database/postgres_js/arrays.ts"; // postgres.js
export * from "../demo/people.ts"; // demo
void import("../scripts/proving.ts"); // scripts
export { b as b18 } from "../tests/support/people.ts"; // tests
export type C19 = import("@modelcontextprotocol/server").C; // @modelcontextprotocol/
