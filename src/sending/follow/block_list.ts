import { ToolError } from "../../mcp/errors.ts";
import type { Transactions } from "../../mcp/tool.ts";
import type { Call } from "../../conventions/call.ts";
import { addBlocked } from "../../record/suppressions/queries.ts";
import type { BlockedAddress, MailService } from "../mail_service/mail_service.ts";
import { asking } from "../setup.ts";

/**
 * Takes over the mail service's block list.
 *
 * @returns how many entries were new
 * @throws ToolError where it does not answer
 */
export async function takeOverBlockList(
  service: MailService,
  transactions: Transactions<Call>,
): Promise<number> {
  const blocked: BlockedAddress[] = [];
  await asking(async () => {
    for await (const address of service.blocked()) blocked.push(address);
  });
  if (blocked.length === 0) return 0;
  return transactions.write(({ sql }) => addBlocked(sql, blocked));
}

/** As {@link takeOverBlockList}, where sending goes on without: what is blocked there is not sent. */
export async function tryBlockList(
  service: MailService,
  transactions: Transactions<Call>,
): Promise<string[]> {
  try {
    await takeOverBlockList(service, transactions);
    return [];
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    return [`Brevo's block list could not be read (${error.message}); the last one known counts.`];
  }
}
