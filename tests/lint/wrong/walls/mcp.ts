// as src/mcp/tool.ts

import "../cli/which_database.ts"; // command line
import type { A1 } from "../servers/import/tools.ts"; // servers
export * from "../record/audiences/tools.ts"; // tools
void import("../taking_away/new_file.ts"); // taking away
export { b as b4 } from "../report/report.ts"; // report
export type C5 = import("../sending/cancel.ts").C; // sending
export type { D6 } from "../record/communications/named_recipients.ts"; // record
import "../import/procedure/importing.ts"; // import
import type { A8 } from "../import/formats/ratings.ts"; // formats
export * from "../brevo/batches.ts"; // brevo
void import("../sending/mail_service/batch.ts"); // mail port
export { b as b11 } from "../conventions/call.ts"; // conventions
export type C12 = import("../import/sessions/queries.ts").C; // import queries
export type { D13 } from "../record/audiences/queries/audience.ts"; // queries
import "../environment.ts"; // environment
import type { A15 } from "../version.ts"; // version
export * from "../database/migrate.ts"; // database
void import("../database/embedded/index.ts"); // embedded door
export { b as b18 } from "../database/embedded/errors.ts"; // embedded database
export type C19 = import("../database/postgres_js/arrays.ts").C; // postgres.js
export type { D20 } from "../../demo/people.ts"; // demo
import "../../stand_in/state.ts"; // stand-in
import type { A22 } from "../../workbench/server.ts"; // workbench
export * from "../../bench/ground.ts"; // bench
void import("../../evals/story.ts"); // evals
export { b as b25 } from "../../scripts/proving.ts"; // scripts
export type C26 = import("../../tests/support/people.ts").C; // tests
export type { D27 } from "postgres"; // postgres
