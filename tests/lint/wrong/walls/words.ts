// as src/words/names.ts

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
import "../mcp/errors.ts"; // mcp
import type { A15 } from "../environment.ts"; // environment
export * from "../version.ts"; // version
void import("../database/migrate.ts"); // database
export { b as b18 } from "../database/embedded/index.ts"; // embedded door
export type C19 = import("../database/embedded/errors.ts").C; // embedded database
export type { D20 } from "../database/postgres_js/arrays.ts"; // postgres.js
import "../../demo/people.ts"; // demo
import type { A22 } from "../../stand_in/state.ts"; // stand-in
export * from "../../workbench/server.ts"; // workbench
void import("../../bench/ground.ts"); // bench
export { b as b25 } from "../../evals/story.ts"; // evals
export type C26 = import("../../scripts/proving.ts").C; // scripts
export type { D27 } from "../../tests/support/people.ts"; // tests
import "@modelcontextprotocol/server"; // @modelcontextprotocol/
import type { A29 } from "postgres"; // postgres
