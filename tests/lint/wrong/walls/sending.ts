// as src/sending/prepare/prepare.ts

import "../../cli/which_database.ts"; // command line
import type { A1 } from "../../servers/import/tools.ts"; // servers
export * from "../../record/audiences/tools.ts"; // tools
void import("../../import/procedure/importing.ts"); // import
export { b as b4 } from "../../import/formats/ratings.ts"; // formats
export type C5 = import("../../brevo/batches.ts").C; // brevo
export type { D6 } from "../../import/sessions/queries.ts"; // import queries
import "../../environment.ts"; // environment
import type { A8 } from "../../version.ts"; // version
export * from "../../database/migrate.ts"; // database
void import("../../database/embedded/index.ts"); // embedded door
export { b as b11 } from "../../database/embedded/errors.ts"; // embedded database
export type C12 = import("../../database/postgres_js/arrays.ts").C; // postgres.js
export type { D13 } from "../../../demo/people.ts"; // demo
import "../../../stand_in/state.ts"; // stand-in
import type { A15 } from "../../../workbench/server.ts"; // workbench
export * from "../../../bench/ground.ts"; // bench
import "../../../evals/story.ts"; // evals
void import("../../../scripts/proving.ts"); // scripts
export { b as b18 } from "../../../tests/support/people.ts"; // tests
export type C19 = import("@modelcontextprotocol/server").C; // @modelcontextprotocol/
export type { D20 } from "postgres"; // postgres
