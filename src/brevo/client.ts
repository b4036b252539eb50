import { setTimeout as wait } from "node:timers/promises";
import { objectIn, problemIn, waitSeconds } from "./answers.ts";
import { checkedBaseUrl, checkedKey } from "./configuration.ts";
import { BrevoError } from "./errors.ts";
import { sendOutcome, type SendOutcome } from "./outcome.ts";
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
import { exchange, type Exchange } from "./transport.ts";
import { withoutKey } from "./wording.ts";

export interface BrevoClientOptions {
  apiKey: string;
  /** As `brevoConfiguration` reads it. */
  baseUrl: string;
  /** Ends whatever is under way. */
  signal?: AbortSignal | undefined;
  /** Milliseconds up to the last byte of an answer; 30,000 for a batch, 20,000 for a question. */
  timeLimits?: { send?: number; read?: number };
  /** The longest wait, in seconds, after which a question is asked again by itself; 10. */
  longestWait?: number;
}

/** What is asked of the event feed. */
interface EventQuery {
  /** First and last day, YYYY-MM-DD, both included, at most 90 days. Brevo's own days: ask for one more on each side. */
  startDate: string;
  endDate: string;
  /** One tag only: Brevo's filter is known to find nothing for two (?). */
  tag?: string;
  templateId?: number;
  email?: string;
  messageId?: string;
  /** `asc` unless told: then what is added meanwhile comes last. */
  sort?: "asc" | "desc";
  /** At most 5,000. */
  limit?: number;
  offset?: number;
}

/** A page of the event feed. */
export interface EventPage {
  events: FeedEvent[];
  /** Entries Brevo sent, with those that could not be read or bear another tag. */
  received: number;
  unreadable: number;
}

/** A client of the parts of Brevo's API that sending needs. */
export interface BrevoClient {
  /**
   * Sends a batch once, and says what became of it; whether and when to send it again is the
   * caller's to decide, by the outcome.
   *
   * @throws the signal's reason, if it was aborted before anything was sent; nothing else
   */
  sendBatch(batch: {
    /** The exact JSON, as `batchBody` makes it. */
    body: string;
    /** How many versions are in it, and so how many message ids are expected. */
    recipients: number;
    signal?: AbortSignal | undefined;
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

const PAUSE_BEFORE_REPEAT = 300;
const MAX_ANSWER = 32_000_000;
const MAX_ANSWER_TO_BATCH = 2_000_000;
const MAX_PAGES = 1000;

/**
 * Makes a client that talks to the given address only.
 *
 * @throws BrevoConfigurationError for a key or address that cannot be used
 */
export function createBrevoClient(options: BrevoClientOptions): BrevoClient {
  const apiKey = checkedKey(options.apiKey);
  const baseUrl = checkedBaseUrl(options.baseUrl);
  const { signal, timeLimits, longestWait = 10 } = options;
  const clean = withoutKey(apiKey);

  /** Asks once, and once more if that may help: a question changes nothing at Brevo. */
  async function ask(path: string): Promise<Record<string, unknown>> {
    const request = {
      method: "GET",
      path,
      timeLimit: timeLimits?.read ?? 20_000,
      maxBytes: MAX_ANSWER,
      signal,
    } as const;
    let answer = await exchange(baseUrl, apiKey, request);
    const pause = pauseBeforeRepeat(answer, longestWait);
    if (pause !== undefined && signal?.aborted !== true) {
      await wait(pause, undefined, { signal });
      answer = await exchange(baseUrl, apiKey, request);
    }
    signal?.throwIfAborted();
    return contentOf(answer, clean);
  }

  async function* pages(
    path: string,
    limit: number,
    count: (answer: Record<string, unknown>) => number,
  ): AsyncGenerator<Record<string, unknown>, void, undefined> {
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const joint = path.includes("?") ? "&" : "?";
      const answer = await ask(`${path}${joint}limit=${limit}&offset=${page * limit}`);
      yield answer;
      if (count(answer) < limit) return;
    }
    throw new BrevoError("unreadable", "Brevo's list does not end; it was read no further.");
  }

  async function events(query: EventQuery): Promise<EventPage> {
    const answer = await ask(`/v3/smtp/statistics/events?${eventParameters(query)}`);
    const entries = listIn(answer, "events");
    const read = entries.map(readFeedEvent).filter((event) => event !== undefined);
    const { tag } = query;
    return {
      // Should the filter be ignored, others' events must not pass for ours.
      events: tag === undefined ? read : read.filter(({ tags }) => tags.includes(tag)),
      received: entries.length,
      unreadable: entries.length - read.length,
    };
  }

  return {
    sendBatch: async (batch) => {
      const signals = [signal, batch.signal].filter((given) => given !== undefined);
      const answer = await exchange(baseUrl, apiKey, {
        method: "POST",
        path: "/v3/smtp/email",
        body: batch.body,
        timeLimit: timeLimits?.send ?? 30_000,
        maxBytes: MAX_ANSWER_TO_BATCH,
        signal: signals.length > 1 ? AbortSignal.any(signals) : signals[0],
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

/** Milliseconds after which asking again may help, or undefined. */
function pauseBeforeRepeat(answer: Exchange, longestWait: number): number | undefined {
  if (answer.kind !== "answer") return PAUSE_BEFORE_REPEAT;
  if (answer.status === 429) {
    const wait = waitSeconds(answer);
    return wait <= longestWait ? wait * 1000 : undefined;
  }
  return answer.status >= 500 ? PAUSE_BEFORE_REPEAT : undefined;
}

function contentOf(answer: Exchange, clean: (words: string) => string): Record<string, unknown> {
  if (answer.kind !== "answer") {
    throw new BrevoError("unreachable", `Brevo could not be reached: ${answer.why}.`);
  }
  const { status, text } = answer;
  if (status >= 200 && status < 300) {
    const content = objectIn(text);
    if (content === undefined) throw unreadable();
    return content;
  }
  const problem = problemIn(text);
  const said = problem === undefined ? `status ${status}` : clean(problem.message || problem.code);
  switch (status) {
    case 401:
      throw new BrevoError(
        "key",
        `Brevo refuses the API key, or calls from this machine's address (${said}). Check BREVO_API_KEY and, in Brevo, the authorised IP addresses.`,
      );
    case 403:
      throw new BrevoError(
        "permission",
        `Brevo does not allow this account or key to do that (${said}).`,
      );
    case 429: {
      const wait = waitSeconds(answer);
      throw new BrevoError(
        "rate_limited",
        `Brevo was asked too often; try again in ${wait} seconds.`,
        wait,
      );
    }
    case 404:
      // Anything at all answers 404 to a wrong address.
      if (problem === undefined) throw unreadable();
      throw new BrevoError("not_found", `Brevo has no such thing (${said}).`);
    default:
      if (status >= 500) throw new BrevoError("unreachable", `Brevo is out of order (${said}).`);
      if (status < 400) throw unreadable();
      throw new BrevoError("refused", `Brevo refused the question (${said}).`);
  }
}

function unreadable(): BrevoError {
  return new BrevoError(
    "unreadable",
    "The answer cannot be read as one of Brevo's API; check BREVO_BASE_URL and the network.",
  );
}

/** A list of an answer, which Brevo leaves out when it is empty (?). */
function listIn(answer: Record<string, unknown>, name: string): unknown[] {
  const value = answer[name];
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw unreadable();
  return value as unknown[];
}

const DAY = /^\d{4}-\d{2}-\d{2}$/u;

function eventParameters(query: EventQuery): string {
  const { startDate, endDate, tag, templateId, email, messageId } = query;
  const { sort = "asc", limit = 2500, offset = 0 } = query;
  const days = DAY.test(startDate) && DAY.test(endDate) ? daysBetween(startDate, endDate) : NaN;
  if (!(days >= 0 && days <= 90)) throw new RangeError("A range of at most 90 days is needed.");
  if (!Number.isInteger(limit) || limit < 1 || limit > 5000) {
    throw new RangeError("A page of the event feed has 1 to 5,000 entries.");
  }
  return new URLSearchParams({
    startDate,
    endDate,
    ...(tag === undefined ? {} : { tags: tag }),
    ...(templateId === undefined ? {} : { templateId: String(templateId) }),
    ...(email === undefined ? {} : { email }),
    ...(messageId === undefined ? {} : { messageId }),
    sort,
    limit: String(limit),
    offset: String(offset),
  }).toString();
}

function daysBetween(first: string, last: string): number {
  return (Date.parse(last) - Date.parse(first)) / 86_400_000;
}
