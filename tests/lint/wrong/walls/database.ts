// as src/database/address.ts

import "../cli/place.ts"; // command line
import type { A1 } from "../servers/import/tools.ts"; // servers
export * from "../record/audiences/tools.ts"; // tools
void import("../sending/cancel.ts"); // sending
export { b as b4 } from "../record/communications/named_recipients.ts"; // record
export type C5 = import("../import/common/importing.ts").C; // import
export type { D6 } from "../import/formats/ratings.ts"; // formats
import "../brevo/batches.ts"; // brevo
import type { A8 } from "../sending/mail_service/batch.ts"; // mail port
export * from "../conventions/call.ts"; // conventions
void import("../import/sessions/queries.ts"); // import queries
export { b as b11 } from "../record/audiences/queries/audience.ts"; // queries
export type C12 = import("../mcp/errors.ts").C; // mcp
export type { D13 } from "../environment.ts"; // environment
import "../version.ts"; // version
import type { A15 } from "./embedded/errors.ts"; // embedded database
export * from "../../demo/people.ts"; // demo
void import("../../stand_in/state.ts"); // stand-in
export { b as b18 } from "../../workbench/server.ts"; // workbench
export type C19 = import("../../bench/ground.ts").C; // bench
export type { D20 } from "../../scripts/proving.ts"; // scripts
import "../../tests/support/people.ts"; // tests
import type { A22 } from "@modelcontextprotocol/server"; // @modelcontextprotocol/
