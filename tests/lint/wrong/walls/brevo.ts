// as src/brevo/client.ts

import "../cli/which_database.ts"; // command line
import type { A1 } from "../servers/import/tools.ts"; // servers
export * from "../record/audiences/tools.ts"; // tools
void import("../sending/cancel.ts"); // sending
export { b as b4 } from "../record/communications/named_recipients.ts"; // record
export type C5 = import("../import/procedure/importing.ts").C; // import
export type { D6 } from "../import/formats/ratings.ts"; // formats
import "../conventions/call.ts"; // conventions
import type { A8 } from "../import/sessions/queries.ts"; // import queries
export * from "../record/audiences/queries/audience.ts"; // queries
void import("../mcp/errors.ts"); // mcp
export { b as b11 } from "../environment.ts"; // environment
export type C12 = import("../version.ts").C; // version
export type { D13 } from "../database/migrate.ts"; // database
import "../database/embedded/index.ts"; // embedded door
import type { A15 } from "../database/embedded/errors.ts"; // embedded database
export * from "../database/postgres_js/arrays.ts"; // postgres.js
void import("../../demo/people.ts"); // demo
export { b as b18 } from "../../stand_in/state.ts"; // stand-in
export type C19 = import("../../workbench/server.ts").C; // workbench
export type { D20 } from "../../bench/ground.ts"; // bench
import "../../evals/story.ts"; // evals
import "../../scripts/proving.ts"; // scripts
import type { A22 } from "../../tests/support/people.ts"; // tests
export * from "@modelcontextprotocol/server"; // @modelcontextprotocol/
void import("postgres"); // postgres
