// as src/servers/ground.ts

import "../cli/which_database.ts"; // command line
import type { A1 } from "../report/report.ts"; // report
export * from "../record/communications/named_recipients.ts"; // record
void import("../import/procedure/importing.ts"); // import
export { b as b4 } from "../import/formats/ratings.ts"; // formats
export type C5 = import("../import/sessions/queries.ts").C; // import queries
export type { D6 } from "../record/audiences/queries/audience.ts"; // queries
import "../words/email_address.ts"; // words
import type { A8 } from "../database/embedded/index.ts"; // embedded door
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
