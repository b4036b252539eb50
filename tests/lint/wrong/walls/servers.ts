// as src/servers/ground.ts

import "../cli/place.ts"; // command line
import type { A1 } from "../sending/cancel.ts"; // sending
export * from "../record/communications/named_recipients.ts"; // record
void import("../import/common/importing.ts"); // import
export { b as b4 } from "../import/formats/ratings.ts"; // formats
export type C5 = import("../import/sessions/queries.ts").C; // import queries
export type { D6 } from "../record/audiences/queries/audience.ts"; // queries
import "../words/email_address.ts"; // words
import type { A8 } from "../database/embedded/index.ts"; // embedded door
export * from "../database/embedded/errors.ts"; // embedded database
void import("../database/postgres_js/arrays.ts"); // postgres.js
export { b as b11 } from "../../demo/people.ts"; // demo
export type C12 = import("../../stand_in/state.ts").C; // stand-in
export type { D13 } from "../../workbench/server.ts"; // workbench
import "../../bench/ground.ts"; // bench
import type { A15 } from "../../scripts/proving.ts"; // scripts
export * from "../../tests/support/people.ts"; // tests
void import("@modelcontextprotocol/server"); // @modelcontextprotocol/
export { b as b18 } from "postgres"; // postgres
