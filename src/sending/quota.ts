import type { BrevoAccount } from "../brevo/resources.ts";
import type { Queryable } from "../database/connect.ts";
import { quotaEvidence } from "./queries/confirmations.ts";

/** What Brevo's free plan sends a day. */
const FREE_PER_DAY = 300;

/** What may be sent today, and how many days a list takes. */
export interface Quota {
  /** Null where the account names no limit. */
  remaining_today: number | null;
  needed: number;
  /** Null where what is missing does not come back by itself the next day. */
  days: number | null;
}

/**
 * How many mails may be sent today; null: no limit is known.
 *
 * Whether the free plan's number falls with each mail is not documented. Where it was seen to fall, it
 * is believed; else what was sent today is counted here as well.
 */
export async function mailsLeft(sql: Queryable, account: BrevoAccount): Promise<number | null> {
  if (account.mailsLeft === null || !account.daily) return account.mailsLeft;
  const { sent_today, falls } = await quotaEvidence(sql);
  if (falls === true) return account.mailsLeft;
  return Math.max(0, Math.min(account.mailsLeft, FREE_PER_DAY - sent_today));
}

/** Whether a list fits into what is left, and how many days it takes otherwise. */
export function quotaFor(account: BrevoAccount, left: number | null, needed: number): Quota {
  if (left === null || needed <= left) return { remaining_today: left, needed, days: 1 };
  const later = Math.ceil((needed - left) / FREE_PER_DAY);
  return {
    remaining_today: left,
    needed,
    days: account.daily ? later + (left > 0 ? 1 : 0) : null,
  };
}
