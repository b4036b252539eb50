import { MailServiceError } from "../sending/mail_service/errors.ts";

/** What the environment says about Brevo. */
export interface BrevoConfiguration {
  /** Undefined where none is set: the record works without one. */
  apiKey: string | undefined;
  /** Without a slash at its end, and without `/v3`. */
  baseUrl: string;
  /** Milliseconds that Brevo may take for its answer to a batch. */
  sendTimeLimit: number;
}

const DEFAULT_BASE_URL = "https://api.brevo.com";
const USUAL_TIME_LIMIT = 20;
const LONGEST_TIME_LIMIT = 30;

/**
 * Reads `BREVO_API_KEY`, `BREVO_BASE_URL` and `BREVO_TIMEOUT` (seconds, at most 30); an empty variable
 * counts as unset.
 *
 * @throws MailServiceError for a key that cannot be one, an address that is neither https nor on this
 *   machine, or a time that is none
 */
export function brevoConfiguration(environment: NodeJS.ProcessEnv): BrevoConfiguration {
  const apiKey = given(environment.BREVO_API_KEY);
  return {
    apiKey: apiKey === undefined ? undefined : checkedKey(apiKey),
    baseUrl: checkedBaseUrl(given(environment.BREVO_BASE_URL) ?? DEFAULT_BASE_URL),
    sendTimeLimit: checkedSeconds(given(environment.BREVO_TIMEOUT) ?? USUAL_TIME_LIMIT) * 1000,
  };
}

function checkedSeconds(value: string | number): number {
  const seconds = Number(value);
  if (seconds > 0) return Math.min(seconds, LONGEST_TIME_LIMIT);
  throw new MailServiceError(
    `BREVO_TIMEOUT is no number of seconds above 0; leave it unset for ${String(USUAL_TIME_LIMIT)}.`,
  );
}

function given(value: string | undefined): string | undefined {
  const trimmed = value?.trim();
  return trimmed === "" ? undefined : trimmed;
}

/**
 * The key, if it can go into a header.
 *
 * @throws MailServiceError; fetch would say so itself, but quote the key
 */
export function checkedKey(apiKey: string): string {
  if (/^[\x21-\x7e]{1,500}$/u.test(apiKey)) return apiKey;
  throw new MailServiceError(
    "BREVO_API_KEY holds spaces, line breaks or letters that no key has; copy it again from Brevo.",
  );
}

/**
 * The address of the API, without what follows from it.
 *
 * @throws MailServiceError unless it is https, or http on this machine
 */
export function checkedBaseUrl(value: string): string {
  const problem = (what: string) =>
    new MailServiceError(`BREVO_BASE_URL ${what}; leave it unset for ${DEFAULT_BASE_URL}.`);
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined) throw problem("is not a web address");
  if (url.username !== "" || url.password !== "") throw problem("must not hold a user or password");
  if (url.search !== "" || url.hash !== "") throw problem("must not hold a ? or #");
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback(url.hostname))) {
    throw problem(
      "must begin with https:// (http:// is for this machine only: 127.0.0.1 or localhost)",
    );
  }
  return `${url.origin}${url.pathname.replace(/\/+$/u, "").replace(/\/v3$/u, "")}`;
}

function isLoopback(hostname: string): boolean {
  // The parser has turned every spelling of an IPv4 address into four decimal numbers.
  return hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/u.test(hostname);
}
