import type { BlockedAddress, MailAccount } from "../sending/mail_service/mail_service.ts";
import { withoutKey } from "./answers.ts";
import { checkedBaseUrl, checkedKey } from "./configuration.ts";
import { BrevoError } from "./errors.ts";
import { eventParameters, type EventQuery } from "./event_query.ts";
import { sendOutcome, type SendOutcome } from "./outcome.ts";
import { questions, unreadable, type Patience } from "./questions.ts";
import {
  readAccount,
  readBlockedContact,
  readFeedEvent,
  readTemplate,
  type BrevoTemplate,
  type FeedEvent,
} from "./resources.ts";
import { exchange } from "./transport.ts";
import { serviceClock } from "./service_clock.ts";

export interface BrevoClientOptions extends Patience {
  apiKey: string;
  /** As `brevoConfiguration` reads it. */
  baseUrl: string;
}

/** A client of the parts of Brevo's API that sending needs. */
export interface BrevoClient {
  /**
   * Sends a batch once, and says what became of it; whether and when to send it again is the
   * caller's to decide, by the outcome. Throws nothing.
   */
  sendBatch(batch: {
    /** The exact JSON, as `batchBody` makes it. */
    body: string;
    /** How many versions are in it, and so how many message ids are expected. */
    recipients: number;
  }): Promise<SendOutcome>;
  /** @throws BrevoError, as all that follow */
  account(): Promise<MailAccount>;
  /** All templates, the oldest first, active or not. */
  templates(): Promise<BrevoTemplate[]>;
  /** Null where Brevo has none of this number. */
  template(id: number): Promise<BrevoTemplate | null>;
  blockedContacts(): AsyncGenerator<BlockedAddress, void, undefined>;
  /** Page after page, up to the feed's end; a page has up to `limit` entries, 2,500 unless given. */
  events(query: EventQuery, limit?: number): AsyncGenerator<FeedEvent[], void, undefined>;
  /** Brevo's clock, as its answers told it: a UTC instant to the second; null before the first. */
  clock(): string | null;
}

const MAX_ANSWER_TO_BATCH = 2_000_000;

/**
 * Makes a client that talks to the given address only.
 *
 * @throws MailServiceError for a key or address that cannot be used
 */
export function createBrevoClient(options: BrevoClientOptions): BrevoClient {
  const apiKey = checkedKey(options.apiKey);
  const baseUrl = checkedBaseUrl(options.baseUrl);
  const { timeLimits } = options;
  const clean = withoutKey(apiKey);
  const clock = serviceClock();
  const { ask, pages } = questions(baseUrl, apiKey, options, clock.hear);

  return {
    clock: clock.now,
    sendBatch: async (batch) => {
      const answer = await exchange(baseUrl, apiKey, {
        method: "POST",
        path: "/v3/smtp/email",
        body: batch.body,
        timeLimit: timeLimits?.send ?? 30_000,
        maxBytes: MAX_ANSWER_TO_BATCH,
      });
      return sendOutcome(answer, batch.recipients, clean);
    },

    account: async () => readAccount(await ask("/v3/account")),

    templates: async () => {
      const templates = new Map<number, BrevoTemplate>();
      for await (const entries of pages("/v3/smtp/templates?sort=asc", "templates", 50)) {
        for (const template of entries.map(readTemplate)) {
          if (template) templates.set(template.id, template);
        }
      }
      return [...templates.values()];
    },

    template: async (id) => {
      if (!Number.isSafeInteger(id)) throw new RangeError("A template's number is an integer.");
      try {
        const template = readTemplate(await ask(`/v3/smtp/templates/${id}`));
        if (template?.id !== id) throw unreadable();
        return template;
      } catch (error) {
        if (error instanceof BrevoError && error.kind === "not_found") return null;
        throw error;
      }
    },

    blockedContacts: async function* () {
      for await (const entries of pages("/v3/smtp/blockedContacts?sort=asc", "contacts", 100)) {
        yield* entries.map(readBlockedContact).filter((contact) => contact !== undefined);
      }
    },

    events: async function* (query, limit = 2500) {
      const { tag } = query;
      const path = `/v3/smtp/statistics/events?${eventParameters(query)}`;
      for await (const entries of pages(path, "events", limit)) {
        const events = entries.map(readFeedEvent).filter((event) => event !== undefined);
        // Should the filter be ignored, others' events must not pass for ours.
        yield tag === undefined ? events : events.filter(({ tags }) => tags.includes(tag));
      }
    },
  };
}
