// as src/cli/status.ts

import "../record/audiences/tools.ts"; // tools
export * from "../record/communications/named_recipients.ts"; // record
void import("../import/procedure/importing.ts"); // import
export { b as b4 } from "../import/formats/ratings.ts"; // formats
import "../conventions/call.ts"; // conventions
import type { A8 } from "../import/sessions/queries.ts"; // import queries
export * from "../record/audiences/queries/audience.ts"; // queries
export type C12 = import("../database/embedded/errors.ts").C; // embedded database
export type { D13 } from "../database/postgres_js/arrays.ts"; // postgres.js
import "../../demo/people.ts"; // demo
import type { A15 } from "../../stand_in/state.ts"; // stand-in
export * from "../../workbench/server.ts"; // workbench
void import("../../bench/ground.ts"); // bench
import "../../evals/story.ts"; // evals
export { b as b18 } from "../../scripts/proving.ts"; // scripts
export type C19 = import("../../tests/support/people.ts").C; // tests
export type { D20 } from "@modelcontextprotocol/server"; // @modelcontextprotocol/
import "postgres"; // postgres
