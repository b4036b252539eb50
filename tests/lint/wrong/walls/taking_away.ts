// as src/taking_away/take_away.ts

import "../cli/which_database.ts"; // command line
import type { A1 } from "../servers/import/tools.ts"; // servers
export * from "../record/audiences/tools.ts"; // tools
void import("../report/report.ts"); // report
export { b as b4 } from "../sending/cancel.ts"; // sending
export type C5 = import("../record/communications/named_recipients.ts").C; // record
export type { D6 } from "../import/procedure/importing.ts"; // import
import "../import/formats/ratings.ts"; // formats
import type { A8 } from "../brevo/batches.ts"; // brevo
export * from "../sending/mail_service/batch.ts"; // mail port
void import("../import/sessions/queries.ts"); // import queries
export { b as b11 } from "../record/audiences/queries/audience.ts"; // queries
export type C12 = import("../environment.ts").C; // environment
export type { D13 } from "../version.ts"; // version
import "../database/migrate.ts"; // database
import type { A15 } from "../database/embedded/index.ts"; // embedded door
export * from "../database/embedded/errors.ts"; // embedded database
void import("../database/postgres_js/arrays.ts"); // postgres.js
export { b as b18 } from "../../demo/people.ts"; // demo
export type C19 = import("../../stand_in/state.ts").C; // stand-in
export type { D20 } from "../../workbench/server.ts"; // workbench
import "../../bench/ground.ts"; // bench
import type { A22 } from "../../evals/story.ts"; // evals
export * from "../../scripts/proving.ts"; // scripts
void import("../../tests/support/people.ts"); // tests
export { b as b25 } from "@modelcontextprotocol/server"; // @modelcontextprotocol/
export type C26 = import("postgres").C; // postgres
