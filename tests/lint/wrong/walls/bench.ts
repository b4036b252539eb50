// as bench/measure.ts

import "../src/cli/place.ts"; // command line
import type { A1 } from "../src/record/audiences/tools.ts"; // tools
export * from "../src/sending/cancel.ts"; // sending
void import("../src/record/communications/named_recipients.ts"); // record
export { b as b4 } from "../src/import/common/importing.ts"; // import
export type C5 = import("../src/import/formats/ratings.ts").C; // formats
export type { D6 } from "../src/brevo/batches.ts"; // brevo
import "../src/sending/mail_service/batch.ts"; // mail port
import type { A8 } from "../src/import/sessions/queries.ts"; // import queries
export * from "../src/record/audiences/queries/audience.ts"; // queries
void import("../src/environment.ts"); // environment
export { b as b11 } from "../src/version.ts"; // version
export type C12 = import("../src/database/embedded/index.ts").C; // embedded door
export type { D13 } from "../src/database/embedded/errors.ts"; // embedded database
import "../src/database/postgres_js/arrays.ts"; // postgres.js
import type { A15 } from "../demo/people.ts"; // demo
export * from "../scripts/proving.ts"; // scripts
void import("../tests/support/people.ts"); // tests
export { b as b18 } from "@modelcontextprotocol/server"; // @modelcontextprotocol/
