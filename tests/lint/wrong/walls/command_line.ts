// as src/cli/status.ts

import "../record/audiences/tools.ts"; // tools
import type { A1 } from "../sending/cancel.ts"; // sending
export * from "../record/communications/named_recipients.ts"; // record
void import("../import/common/importing.ts"); // import
export { b as b4 } from "../import/formats/ratings.ts"; // formats
export type C5 = import("../brevo/batches.ts").C; // brevo
export type { D6 } from "../sending/mail_service/batch.ts"; // mail port
import "../conventions/call.ts"; // conventions
import type { A8 } from "../import/sessions/queries.ts"; // import queries
export * from "../record/audiences/queries/audience.ts"; // queries
void import("../mcp/errors.ts"); // mcp
export { b as b11 } from "../database/embedded/errors.ts"; // embedded database
export type C12 = import("../database/postgres_js/arrays.ts").C; // postgres.js
export type { D13 } from "../../demo/people.ts"; // demo
import "../../stand_in/state.ts"; // stand-in
import type { A15 } from "../../workbench/server.ts"; // workbench
export * from "../../bench/ground.ts"; // bench
void import("../../scripts/proving.ts"); // scripts
export { b as b18 } from "../../tests/support/people.ts"; // tests
export type C19 = import("@modelcontextprotocol/server").C; // @modelcontextprotocol/
export type { D20 } from "postgres"; // postgres
