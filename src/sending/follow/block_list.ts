import { ToolError } from "../../mcp/errors.ts";
import type { Transactions } from "../../mcp/tool.ts";
import type { Call } from "../../conventions/call.ts";
import { addBlocked, type BlockedAddress } from "../../record/suppressions/queries.ts";
import { asking, type MailService } from "../mail_service.ts";
import { mailbox } from "../../words/email_address.ts";

const KINDS: Record<string, BlockedAddress["kind"]> = {
  hardbounce: "hard_bounce",
  contactflaggedasspam: "spam",
};

const REASONS: Record<string, string> = {
  hardbounce: "hard bounce, by Brevo's block list",
  contactflaggedasspam: "spam complaint, by Brevo's block list",
  adminblocked: "blocked in Brevo by its user",
};

/**
 * Takes over Brevo's block list.
 *
 * @returns how many entries were new
 * @throws ToolError where Brevo does not answer
 */
export async function takeOverBlockList(
  { client }: MailService,
  transactions: Transactions<Call>,
): Promise<number> {
  const blocked: BlockedAddress[] = [];
  await asking(
    (async () => {
      for await (const { email, blockedAt, code } of client.blockedContacts()) {
        const name = code.toLowerCase();
        const at = blockedAt === null ? Number.NaN : Date.parse(blockedAt);
        blocked.push({
          address: mailbox(email),
          kind: KINDS[name] ?? "unsubscribed",
          reason: REASONS[name] ?? "unsubscribed, by Brevo's block list",
          at: Number.isNaN(at) ? null : new Date(at).toISOString(),
        });
      }
    })(),
  );
  if (blocked.length === 0) return 0;
  return transactions.write(({ sql }) => addBlocked(sql, blocked));
}

/** As {@link takeOverBlockList}, where sending goes on without: what Brevo blocks it does not send. */
export async function tryBlockList(
  service: MailService,
  transactions: Transactions<Call>,
): Promise<string[]> {
  try {
    await takeOverBlockList(service, transactions);
    return [];
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    return [
      `Brevo's block list could not be read (${error.message}); the one known before counts.`,
    ];
  }
}
