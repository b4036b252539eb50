// as src/record/events/queries.ts

import "../../cli/place.ts"; // command line
import type { A1 } from "../../servers/import/tools.ts"; // servers
export * from "../audiences/tools.ts"; // tools
void import("../../sending/cancel.ts"); // sending
export { b as b4 } from "../../import/common/importing.ts"; // import
export type C5 = import("../../import/formats/ratings.ts").C; // formats
export type { D6 } from "../../brevo/batches.ts"; // brevo
import "../../sending/mail_service/batch.ts"; // mail port
import type { A8 } from "../../conventions/call.ts"; // conventions
export * from "../../import/sessions/queries.ts"; // import queries
void import("../../mcp/errors.ts"); // mcp
export { b as b11 } from "../../environment.ts"; // environment
export type C12 = import("../../version.ts").C; // version
export type { D13 } from "../../database/embedded/index.ts"; // embedded door
import "../../database/embedded/errors.ts"; // embedded database
import type { A15 } from "../../database/postgres_js/arrays.ts"; // postgres.js
export * from "../../../demo/people.ts"; // demo
void import("../../../stand_in/state.ts"); // stand-in
export { b as b18 } from "../../../workbench/server.ts"; // workbench
export type C19 = import("../../../bench/ground.ts").C; // bench
export type { D20 } from "../../../scripts/proving.ts"; // scripts
import "../../../tests/support/people.ts"; // tests
import type { A22 } from "@modelcontextprotocol/server"; // @modelcontextprotocol/
export * from "postgres"; // postgres
