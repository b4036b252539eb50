// as src/record/recipients/tools.ts

import "../../cli/which_database.ts"; // command line
import type { A1 } from "../../servers/import/tools.ts"; // servers
export * from "../../brevo/batches.ts"; // brevo
void import("../../import/sessions/queries.ts"); // import queries
export { b as b4 } from "../../environment.ts"; // environment
export type C5 = import("../../version.ts").C; // version
export type { D6 } from "../../database/migrate.ts"; // database
import "../../database/embedded/index.ts"; // embedded door
import type { A8 } from "../../database/embedded/errors.ts"; // embedded database
export * from "../../database/postgres_js/arrays.ts"; // postgres.js
void import("../../../demo/people.ts"); // demo
export { b as b11 } from "../../../stand_in/state.ts"; // stand-in
export type C12 = import("../../../workbench/server.ts").C; // workbench
export type { D13 } from "../../../bench/ground.ts"; // bench
import "../../../evals/story.ts"; // evals
import type { A15 } from "../../../scripts/proving.ts"; // scripts
export * from "../../../tests/support/people.ts"; // tests
void import("@modelcontextprotocol/server"); // @modelcontextprotocol/
export { b as b18 } from "postgres"; // postgres
