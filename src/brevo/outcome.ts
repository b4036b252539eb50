import { objectIn, problemIn, waitSeconds } from "./answers.ts";
import type { BatchOutcome } from "../sending/mail_service/batch.ts";
import type { Exchange } from "./transport.ts";

/** Why a send should stop until a person has looked, or another day has come. */
type PauseCause = "key" | "quota" | "permission" | "validation" | "unreachable" | "not_brevo";

/** What became of a batch, with what Brevo says of the reason. Nothing of it holds the key. */
export type SendOutcome =
  | Exclude<BatchOutcome, { kind: "paused" | "rejected" }>
  | { kind: "paused"; cause: PauseCause; reason: string }
  | { kind: "rejected"; code: string; reason: string };

/** The column `brevo_message_id` holds no longer ones. */
const MESSAGE_ID = /^[\x21-\x7e]{1,100}$/u;

const PAUSING: Record<string, PauseCause> = {
  unauthorized: "key",
  not_enough_credits: "quota",
  max_emails_per_day_exceeded: "quota",
  permission_denied: "permission",
  account_under_validation: "validation",
};

const PAUSE_REASONS: Record<PauseCause, string> = {
  key: "Brevo refuses the API key, or calls from this machine's address: check BREVO_API_KEY and, in Brevo, the authorised IP addresses",
  quota: "Brevo sends no more for now: the account's limit for today or its credits are used up",
  permission: "Brevo does not allow this account or key to send",
  validation: "Brevo is still validating the account and sends nothing for it yet",
  unreachable: "Brevo could not be reached",
  not_brevo: "What answered is not Brevo's API: check BREVO_BASE_URL and the network",
};

/**
 * Reads what became of a batch of this many recipients.
 *
 * Only what is certain is called so: where an answer leaves open whether the batch was taken, it is
 * unknown, since a mail that comes twice cannot be called back.
 */
export function sendOutcome(
  exchange: Exchange,
  recipients: number,
  clean: (words: string) => string,
): SendOutcome {
  if (exchange.kind === "not_sent") return paused("unreachable", exchange.why);
  if (exchange.kind === "lost") return unknown(exchange.why);

  const { status, text } = exchange;
  if (status >= 200 && status < 300) return taken(status, text, recipients);
  if (status === 429) {
    const wait = waitSeconds(exchange);
    return {
      kind: "rate_limited",
      waitSeconds: wait,
      reason: `Brevo asks to wait ${wait} seconds before the next batch.`,
    };
  }
  if (status < 400 || status >= 500 || status === 408) {
    return unknown(`it answered with status ${status}`, text === null ? "none" : "error");
  }

  const problem = problemIn(text);
  const code = problem?.code ?? "";
  const said = problem === undefined ? "" : clean(problem.message || problem.code);
  if (/^duplicate_(?:parameter|request)$/u.test(code)) {
    // Of a repeated key Brevo says that it "has already been processed"; anything else is unclear.
    return /idempoten/iu.test(problem?.message ?? "")
      ? {
          kind: "repeated",
          reason: "Brevo had taken this batch already and does not repeat its message ids.",
        }
      : unknown(`it took the batch for a duplicate (${said})`, "error");
  }
  const cause = pauseCause(status, code);
  if (cause !== undefined) return paused(cause, said);
  if (problem === undefined && status !== 400) return paused("not_brevo", `status ${status}`);
  // A 400 of which nothing could be read may be the one for a repeated key.
  if (text === null) return unknown("its answer broke off");
  return {
    kind: "rejected",
    code: problem === undefined ? String(status) : clean(code),
    reason: `Brevo refused the batch: ${said === "" ? `status ${status}` : said}`,
  };
}

function pauseCause(status: number, code: string): PauseCause | undefined {
  const named = Object.hasOwn(PAUSING, code) ? PAUSING[code] : undefined;
  if (named !== undefined) return named;
  if (/credits|quota|per_day|daily/u.test(code)) return "quota";
  return ({ 401: "key", 402: "quota", 403: "permission" } as const)[status];
}

function taken(status: number, text: string | null, recipients: number): SendOutcome {
  if (text === null) return unknown("its answer broke off");
  const { messageId, messageIds } = objectIn(text) ?? {};
  const ids: unknown = messageIds ?? (messageId === undefined ? undefined : [messageId]);
  if (!Array.isArray(ids)) return unknown(`its answer with status ${status} holds no message ids`);
  if (
    ids.length === recipients &&
    ids.every((id): id is string => typeof id === "string" && MESSAGE_ID.test(id)) &&
    new Set(ids).size === recipients
  ) {
    return { kind: "accepted", messageIds: ids };
  }
  // Of whom it has taken then, only its events can tell.
  return {
    kind: "unknown",
    answer: "misfit",
    reason: `Brevo answered the batch of ${recipients} with ${ids.length} message ids that do not fit its people one to one, so it is not certain whose mail it took.`,
  };
}

function paused(cause: PauseCause, said: string): SendOutcome {
  return {
    kind: "paused",
    cause,
    reason: `${PAUSE_REASONS[cause]}${said === "" ? "" : ` (${said})`}.`,
  };
}

function unknown(why: string, answer: "none" | "error" = "none"): SendOutcome {
  return {
    kind: "unknown",
    answer,
    reason: `It is not certain whether Brevo took the batch: ${why}.`,
  };
}
