// as src/sending/prepare/prepare.ts

import "./list.ts";
import type { MailService } from "../mail_service/index.ts";
import { mailbox } from "../../words/email_address.ts";
export { call } from "../../conventions/call.ts";
export * from "../../mcp/errors.ts";
export type Person = import("../../record/people/queries/contacts.ts").Person;
import { readFile } from "node:fs/promises";
import * as z from "zod";
void import("../queries/sends.ts");
