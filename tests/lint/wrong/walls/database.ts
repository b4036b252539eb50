// as src/database/address.ts

import "../cli/which_database.ts"; // command line
import type { A1 } from "../servers/import/tools.ts"; // servers
export * from "../record/audiences/tools.ts"; // tools
void import("../sending/cancel.ts"); // sending
export { b as b4 } from "../record/communications/named_recipients.ts"; // record
export type C5 = import("../import/procedure/importing.ts").C; // import
export type { D6 } from "../import/formats/ratings.ts"; // formats
import "../brevo/batches.ts"; // brevo
import type { A8 } from "../sending/mail_service/batch.ts"; // mail port
export * from "../conventions/call.ts"; // conventions
void import("../import/sessions/queries.ts"); // import queries
export { b as b11 } from "../record/audiences/queries/audience.ts"; // queries
export type C12 = import("../mcp/errors.ts").C; // mcp
export type { D13 } from "../words/email_address.ts"; // words
import "../environment.ts"; // environment
export * from "./embedded/errors.ts"; // embedded database
void import("../../demo/people.ts"); // demo
export { b as b18 } from "../../stand_in/state.ts"; // stand-in
export type C19 = import("../../workbench/server.ts").C; // workbench
export type { D20 } from "../../bench/ground.ts"; // bench
import "../../evals/story.ts"; // evals
import "../../scripts/proving.ts"; // scripts
import type { A22 } from "../../tests/support/people.ts"; // tests
export * from "@modelcontextprotocol/server"; // @modelcontextprotocol/
