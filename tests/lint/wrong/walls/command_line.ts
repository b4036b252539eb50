// as src/cli/status.ts

import "../record/audiences/tools.ts"; // tools
import type { A1 } from "../taking_away/new_file.ts"; // taking away
export * from "../report/report.ts"; // report
void import("../record/communications/named_recipients.ts"); // record
export { b as b4 } from "../import/procedure/importing.ts"; // import
export type C5 = import("../import/formats/ratings.ts").C; // formats
export type { D6 } from "../conventions/call.ts"; // conventions
import "../import/sessions/queries.ts"; // import queries
import type { A8 } from "../record/audiences/queries/audience.ts"; // queries
export * from "../database/embedded/errors.ts"; // embedded database
void import("../database/postgres_js/arrays.ts"); // postgres.js
export { b as b11 } from "../../demo/people.ts"; // demo
export type C12 = import("../../stand_in/state.ts").C; // stand-in
export type { D13 } from "../../workbench/server.ts"; // workbench
import "../../bench/ground.ts"; // bench
import type { A15 } from "../../evals/story.ts"; // evals
export * from "../../scripts/proving.ts"; // scripts
void import("../../tests/support/people.ts"); // tests
export { b as b18 } from "@modelcontextprotocol/server"; // @modelcontextprotocol/
export type C19 = import("postgres").C; // postgres
