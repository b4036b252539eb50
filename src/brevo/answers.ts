import { cleaned } from "../sending/mail_service/wording.ts";
import type { Exchange } from "./transport.ts";

/** Makes a cleaner for what Brevo says, in which the API key never appears. */
export function withoutKey(apiKey: string): (words: string, limit?: number) => string {
  return (words, limit = 300) =>
    // Cleaned before the search, which a character in the middle of the key would mislead, and cut
    // after it, so that no part of a key is left at the end.
    cleaned(cleaned(words, Math.max(limit, 4000)).replaceAll(apiKey, "[the key]"), limit);
}

/** An answer's JSON object; undefined for anything else. */
export function objectIn(text: string | null): Record<string, unknown> | undefined {
  if (text === null) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a JSON value is an object and no list. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An error as Brevo's API words it; undefined where the answer is not one of its own. */
export function problemIn(text: string | null): { code: string; message: string } | undefined {
  const { code, message } = objectIn(text) ?? {};
  if (typeof code !== "string" && typeof message !== "string") return undefined;
  return {
    // Spelled in either case, so compared in one.
    code: typeof code === "string" ? code.toLowerCase() : "",
    message: typeof message === "string" ? message : "",
  };
}

const LONGEST_WAIT = 3600;
const USUAL_WAIT = 60;

/** Seconds to wait after a 429: Brevo says so in `x-sib-ratelimit-reset` and sends no Retry-After. */
export function waitSeconds({ headers }: Extract<Exchange, { kind: "answer" }>): number {
  const reset = Number(headers.get("x-sib-ratelimit-reset") ?? "");
  if (!Number.isFinite(reset) || reset <= 0) return USUAL_WAIT;
  return Math.min(Math.ceil(reset), LONGEST_WAIT);
}
