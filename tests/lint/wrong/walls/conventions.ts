// as src/conventions/question.ts

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
export { b as b11 } from "../import/sessions/queries.ts"; // import queries
export type C12 = import("../environment.ts").C; // environment
export type { D13 } from "../version.ts"; // version
import "../database/embedded/index.ts"; // embedded door
import type { A15 } from "../database/embedded/errors.ts"; // embedded database
export * from "../database/postgres_js/arrays.ts"; // postgres.js
void import("../../demo/people.ts"); // demo
export { b as b18 } from "../../stand_in/state.ts"; // stand-in
export type C19 = import("../../workbench/server.ts").C; // workbench
export type { D20 } from "../../bench/ground.ts"; // bench
import "../../evals/story.ts"; // evals
import type { A22 } from "../../scripts/proving.ts"; // scripts
export * from "../../tests/support/people.ts"; // tests
void import("@modelcontextprotocol/server"); // @modelcontextprotocol/
export { b as b25 } from "postgres"; // postgres
