// as src/conventions/question.ts

import "../cli/which_database.ts"; // command line
import type { A1 } from "../servers/import/tools.ts"; // servers
export * from "../record/audiences/tools.ts"; // tools
void import("../sending/cancel.ts"); // sending
export { b as b4 } from "../record/communications/named_recipients.ts"; // record
export type C5 = import("../import/procedure/importing.ts").C; // import
export type { D6 } from "../import/formats/ratings.ts"; // formats
import "../brevo/batches.ts"; // brevo
import type { A8 } from "../sending/mail_service/batch.ts"; // mail port
export * from "../import/sessions/queries.ts"; // import queries
void import("../environment.ts"); // environment
export { b as b11 } from "../version.ts"; // version
export type C12 = import("../database/embedded/index.ts").C; // embedded door
export type { D13 } from "../database/embedded/errors.ts"; // embedded database
import "../database/postgres_js/arrays.ts"; // postgres.js
import type { A15 } from "../../demo/people.ts"; // demo
export * from "../../stand_in/state.ts"; // stand-in
void import("../../workbench/server.ts"); // workbench
export { b as b18 } from "../../bench/ground.ts"; // bench
import "../../evals/story.ts"; // evals
export type C19 = import("../../scripts/proving.ts").C; // scripts
export type { D20 } from "../../tests/support/people.ts"; // tests
import "@modelcontextprotocol/server"; // @modelcontextprotocol/
import type { A22 } from "postgres"; // postgres
