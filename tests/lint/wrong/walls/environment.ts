// as src/environment.ts

import "./cli/which_database.ts"; // command line
import type { A1 } from "./servers/import/tools.ts"; // servers
export * from "./record/audiences/tools.ts"; // tools
void import("./taking_away/new_file.ts"); // taking away
export { b as b4 } from "./report/report.ts"; // report
export type C5 = import("./sending/cancel.ts").C; // sending
export type { D6 } from "./record/communications/named_recipients.ts"; // record
import "./import/procedure/importing.ts"; // import
import type { A8 } from "./import/formats/ratings.ts"; // formats
export * from "./brevo/batches.ts"; // brevo
void import("./sending/mail_service/batch.ts"); // mail port
export { b as b11 } from "./conventions/call.ts"; // conventions
export type C12 = import("./import/sessions/queries.ts").C; // import queries
export type { D13 } from "./record/audiences/queries/audience.ts"; // queries
import "./mcp/errors.ts"; // mcp
import type { A15 } from "./version.ts"; // version
export * from "./database/embedded/index.ts"; // embedded door
void import("./database/embedded/errors.ts"); // embedded database
export { b as b18 } from "./database/postgres_js/arrays.ts"; // postgres.js
export type C19 = import("../demo/people.ts").C; // demo
export type { D20 } from "../stand_in/state.ts"; // stand-in
import "../workbench/server.ts"; // workbench
import type { A22 } from "../bench/ground.ts"; // bench
export * from "../evals/story.ts"; // evals
void import("../scripts/proving.ts"); // scripts
export { b as b25 } from "../tests/support/people.ts"; // tests
export type C26 = import("@modelcontextprotocol/server").C; // @modelcontextprotocol/
export type { D27 } from "postgres"; // postgres
