// as src/import/procedure/kind.ts

import "../../cli/which_database.ts"; // command line
import type { A1 } from "../../servers/import/tools.ts"; // servers
export * from "../../record/audiences/tools.ts"; // tools
void import("../../taking_away/new_file.ts"); // taking away
export { b as b4 } from "../../report/report.ts"; // report
export type C5 = import("../../sending/cancel.ts").C; // sending
export type { D6 } from "../../record/communications/named_recipients.ts"; // record
import "../../brevo/batches.ts"; // brevo
import type { A8 } from "../../sending/mail_service/batch.ts"; // mail port
export * from "../../record/audiences/queries/audience.ts"; // queries
void import("../../environment.ts"); // environment
export { b as b11 } from "../../version.ts"; // version
export type C12 = import("../../database/embedded/index.ts").C; // embedded door
export type { D13 } from "../../database/embedded/errors.ts"; // embedded database
import "../../database/postgres_js/arrays.ts"; // postgres.js
import type { A15 } from "../../../demo/people.ts"; // demo
export * from "../../../stand_in/state.ts"; // stand-in
void import("../../../workbench/server.ts"); // workbench
export { b as b18 } from "../../../bench/ground.ts"; // bench
export type C19 = import("../../../evals/story.ts").C; // evals
export type { D20 } from "../../../scripts/proving.ts"; // scripts
import "../../../tests/support/people.ts"; // tests
import type { A22 } from "@modelcontextprotocol/server"; // @modelcontextprotocol/
export * from "postgres"; // postgres
