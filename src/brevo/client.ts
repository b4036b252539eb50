import { checkedBaseUrl, checkedKey } from "./configuration.ts";
import { BrevoError } from "./errors.ts";
import { eventParameters, type EventQuery } from "./event_query.ts";
import { sendOutcome, type SendOutcome } from "./outcome.ts";
import { listIn, MAX_PAGES, questions, unreadable } from "./questions.ts";
import {
  readAccount,
  readBlockedContact,
  readFeedEvent,
  readTemplate,
  type BlockedContact,
  type BrevoAccount,
  type BrevoTemplate,
  type FeedEvent,
} from "./resources.ts";
import { exchange } from "./transport.ts";
import { withoutKey } from "./wording.ts";

export interface BrevoClientOptions {
  apiKey: string;
  /** As `brevoConfiguration` reads it. */
  baseUrl: string;
  /** Milliseconds up to the last byte of an answer; 30,000 for a batch, 20,000 for a question. */
  timeLimits?: { send?: number; read?: number };
  /** The longest wait, in seconds, after which a question is asked again by itself; 10. */
  longestWait?: number;
}

/** A page of the event feed. */
interface EventPage {
  events: FeedEvent[];
  /** How many entries Brevo sent, with those that could not be read or bear another tag. */
  received: number;
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
  account(): Promise<BrevoAccount>;
  /** All templates, the oldest first, active or not. */
  templates(): Promise<BrevoTemplate[]>;
  /** Null where Brevo has none of this number. */
  template(id: number): Promise<BrevoTemplate | null>;
  blockedContacts(): AsyncGenerator<BlockedContact, void, undefined>;
  events(query: EventQuery): Promise<EventPage>;
  /** Page after page, up to the feed's end. */
  eventPages(query: Omit<EventQuery, "offset">): AsyncGenerator<EventPage, void, undefined>;
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
  const { ask, pages } = questions(baseUrl, apiKey, options);

  async function events(query: EventQuery): Promise<EventPage> {
    const answer = await ask(`/v3/smtp/statistics/events?${eventParameters(query)}`);
    const entries = listIn(answer, "events");
    const read = entries.map(readFeedEvent).filter((event) => event !== undefined);
    const { tag } = query;
    return {
      // Should the filter be ignored, others' events must not pass for ours.
      events: tag === undefined ? read : read.filter(({ tags }) => tags.includes(tag)),
      received: entries.length,
    };
  }

  return {
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
      const of = (answer: Record<string, unknown>) => listIn(answer, "templates");
      for await (const answer of pages(
        "/v3/smtp/templates?sort=asc",
        50,
        (page) => of(page).length,
      )) {
        for (const template of of(answer).map(readTemplate)) {
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
      const of = (answer: Record<string, unknown>) => listIn(answer, "contacts");
      const path = "/v3/smtp/blockedContacts?sort=asc";
      for await (const answer of pages(path, 100, (page) => of(page).length)) {
        yield* of(answer)
          .map(readBlockedContact)
          .filter((contact) => contact !== undefined);
      }
    },

    events,

    eventPages: async function* (query) {
      const { limit = 2500 } = query;
      for (let page = 0; page < MAX_PAGES; page += 1) {
        const answer = await events({ ...query, limit, offset: page * limit });
        yield answer;
        if (answer.received < limit) return;
      }
      throw new BrevoError(
        "unreadable",
        "Brevo's event feed does not end; it was read no further.",
      );
    },
  };
}
