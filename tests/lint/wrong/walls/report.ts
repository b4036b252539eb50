// as src/report/report.ts

import "../cli/which_database.ts"; // command line
import type { A1 } from "../servers/import/tools.ts"; // servers
export * from "../record/audiences/tools.ts"; // tools
void import("../taking_away/new_file.ts"); // taking away
export { b as b4 } from "../sending/cancel.ts"; // sending
export type C5 = import("../import/procedure/importing.ts").C; // import
export type { D6 } from "../import/formats/ratings.ts"; // formats
import "../brevo/batches.ts"; // brevo
import type { A8 } from "../sending/mail_service/batch.ts"; // mail port
export * from "../import/sessions/queries.ts"; // import queries
void import("../environment.ts"); // environment
export { b as b11 } from "../version.ts"; // version
export type C12 = import("../database/migrate.ts").C; // database
export type { D13 } from "../database/embedded/index.ts"; // embedded door
import "../database/embedded/errors.ts"; // embedded database
import type { A15 } from "../database/postgres_js/arrays.ts"; // postgres.js
export * from "../../demo/people.ts"; // demo
void import("../../stand_in/state.ts"); // stand-in
export { b as b18 } from "../../workbench/server.ts"; // workbench
export type C19 = import("../../bench/ground.ts").C; // bench
export type { D20 } from "../../evals/story.ts"; // evals
import "../../scripts/proving.ts"; // scripts
import type { A22 } from "../../tests/support/people.ts"; // tests
export * from "@modelcontextprotocol/server"; // @modelcontextprotocol/
void import("postgres"); // postgres
