// as src/import/formats/sessionize.ts

import "../../cli/which_database.ts"; // command line
import type { A1 } from "../../servers/import/tools.ts"; // servers
export * from "../../record/audiences/tools.ts"; // tools
void import("../../sending/cancel.ts"); // sending
export { b as b4 } from "../../record/communications/named_recipients.ts"; // record
export type C5 = import("../procedure/importing.ts").C; // import
export type { D6 } from "../../brevo/batches.ts"; // brevo
import "../../sending/mail_service/batch.ts"; // mail port
import type { A8 } from "../../conventions/call.ts"; // conventions
export * from "../sessions/queries.ts"; // import queries
void import("../../record/audiences/queries/audience.ts"); // queries
export { b as b11 } from "../../mcp/errors.ts"; // mcp
export type C12 = import("../../environment.ts").C; // environment
export type { D13 } from "../../version.ts"; // version
import "../../database/migrate.ts"; // database
import type { A15 } from "../../database/embedded/index.ts"; // embedded door
export * from "../../database/embedded/errors.ts"; // embedded database
void import("../../database/postgres_js/arrays.ts"); // postgres.js
export { b as b18 } from "../../../demo/people.ts"; // demo
export type C19 = import("../../../stand_in/state.ts").C; // stand-in
export type { D20 } from "../../../workbench/server.ts"; // workbench
import "../../../bench/ground.ts"; // bench
import "../../../evals/story.ts"; // evals
import type { A22 } from "../../../scripts/proving.ts"; // scripts
export * from "../../../tests/support/people.ts"; // tests
void import("@modelcontextprotocol/server"); // @modelcontextprotocol/
export { b as b25 } from "postgres"; // postgres
