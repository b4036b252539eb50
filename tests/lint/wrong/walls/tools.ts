// as src/record/events/tools.ts

import "../../cli/place.ts"; // command line
import type { A1 } from "../../servers/import/tools.ts"; // servers
export * from "../../import/sessions/queries.ts"; // import queries
void import("../../environment.ts"); // environment
export { b as b4 } from "../../version.ts"; // version
export type C5 = import("../../database/migrate.ts").C; // database
export type { D6 } from "../../database/embedded/index.ts"; // embedded door
import "../../database/embedded/errors.ts"; // embedded database
import type { A8 } from "../../database/postgres_js/arrays.ts"; // postgres.js
export * from "../../../demo/people.ts"; // demo
void import("../../../stand_in/state.ts"); // stand-in
export { b as b11 } from "../../../workbench/server.ts"; // workbench
export type C12 = import("../../../bench/ground.ts").C; // bench
export type { D13 } from "../../../scripts/proving.ts"; // scripts
import "../../../tests/support/people.ts"; // tests
import type { A15 } from "@modelcontextprotocol/server"; // @modelcontextprotocol/
export * from "postgres"; // postgres
