// as src/record/audiences/filters.ts

import "../../cli/which_database.ts"; // command line
import type { A1 } from "../../servers/import/tools.ts"; // servers
export * from "./tools.ts"; // tools
void import("../../sending/cancel.ts"); // sending
export { b as b4 } from "../../import/procedure/importing.ts"; // import
export type C5 = import("../../import/formats/ratings.ts").C; // formats
export type { D6 } from "../../brevo/batches.ts"; // brevo
import "../../import/sessions/queries.ts"; // import queries
import type { A8 } from "../../environment.ts"; // environment
export * from "../../version.ts"; // version
void import("../../database/migrate.ts"); // database
export { b as b11 } from "../../database/embedded/index.ts"; // embedded door
export type C12 = import("../../database/embedded/errors.ts").C; // embedded database
export type { D13 } from "../../database/postgres_js/arrays.ts"; // postgres.js
import "../../../demo/people.ts"; // demo
import type { A15 } from "../../../stand_in/state.ts"; // stand-in
export * from "../../../workbench/server.ts"; // workbench
void import("../../../bench/ground.ts"); // bench
import "../../../evals/story.ts"; // evals
export { b as b18 } from "../../../scripts/proving.ts"; // scripts
export type C19 = import("../../../tests/support/people.ts").C; // tests
export type { D20 } from "@modelcontextprotocol/server"; // @modelcontextprotocol/
import "postgres"; // postgres
