import { setTimeout as wait } from "node:timers/promises";
import { objectIn, problemIn, waitSeconds, withoutKey } from "./answers.ts";
import { BrevoError } from "./errors.ts";
import { exchange, type Exchange } from "./transport.ts";

const PAUSE_BEFORE_REPEAT = 300;
const MAX_ANSWER = 32_000_000;
/** A list that goes on longer than this is taken for one that never ends. */
const MAX_PAGES = 1000;

/** How long Brevo is waited for. */
export interface Patience {
  /** Milliseconds up to the last byte of an answer; 30,000 for a batch, 20,000 for a question. */
  timeLimits?: { send?: number; read?: number };
  /** The longest wait, in seconds, after which a question is asked again by itself; 10. */
  longestWait?: number;
}

/**
 * Asks what changes nothing at Brevo, of the given address and no other.
 *
 * @param hear is given the headers of each answer
 */
export function questions(
  baseUrl: string,
  apiKey: string,
  { timeLimits, longestWait = 10 }: Patience,
  hear: (headers: Headers) => void,
) {
  const clean = withoutKey(apiKey);

  /**
   * Asks once, and once more if that may help.
   *
   * @throws BrevoError
   */
  async function ask(path: string): Promise<Record<string, unknown>> {
    const request = {
      method: "GET",
      path,
      timeLimit: timeLimits?.read ?? 20_000,
      maxBytes: MAX_ANSWER,
    } as const;
    let answer = await exchange(baseUrl, apiKey, request);
    const pause = pauseBeforeRepeat(answer, longestWait);
    if (pause !== undefined) {
      await wait(pause);
      answer = await exchange(baseUrl, apiKey, request);
    }
    if (answer.kind === "answer") hear(answer.headers);
    return contentOf(answer, clean);
  }

  /**
   * The entries of a list that an answer holds by this name, page after page, up to one with fewer than
   * the limit.
   *
   * @param path with a query
   * @throws BrevoError
   */
  async function* pages(
    path: string,
    name: string,
    limit: number,
  ): AsyncGenerator<unknown[], void, undefined> {
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const entries = listIn(await ask(`${path}&limit=${limit}&offset=${page * limit}`), name);
      yield entries;
      if (entries.length < limit) return;
    }
    throw new BrevoError("unreadable", "Brevo's list does not end; it was read no further.");
  }

  return { ask, pages };
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
    case 429:
      throw new BrevoError(
        "rate_limited",
        `Brevo was asked too often; try again in ${waitSeconds(answer)} seconds.`,
      );
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

/** The error for an answer that cannot be read. */
export function unreadable(): BrevoError {
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
