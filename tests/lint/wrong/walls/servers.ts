// as src/servers/ground.ts

import "../cli/which_database.ts"; // command line
import type { A1 } from "../record/communications/named_recipients.ts"; // record
export * from "../import/procedure/importing.ts"; // import
void import("../import/formats/ratings.ts"); // formats
export { b as b4 } from "../import/sessions/queries.ts"; // import queries
export type C5 = import("../record/audiences/queries/audience.ts").C; // queries
export type { D6 } from "../words/email_address.ts"; // words
import "../database/embedded/index.ts"; // embedded door
import type { A8 } from "../database/embedded/errors.ts"; // embedded database
export * from "../database/postgres_js/arrays.ts"; // postgres.js
void import("../../demo/people.ts"); // demo
export { b as b11 } from "../../stand_in/state.ts"; // stand-in
export type C12 = import("../../workbench/server.ts").C; // workbench
export type { D13 } from "../../bench/ground.ts"; // bench
import "../../evals/story.ts"; // evals
import "../../scripts/proving.ts"; // scripts
import type { A15 } from "../../tests/support/people.ts"; // tests
export * from "@modelcontextprotocol/server"; // @modelcontextprotocol/
void import("postgres"); // postgres
