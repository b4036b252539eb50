/** What became of one HTTP request. */
export type Exchange =
  /** An answer; `text` is null where its body broke off, took too long or was too large. */
  | { kind: "answer"; status: number; headers: Headers; text: string | null }
  /** It left, and no answer came: whether it was acted upon is not known. */
  | { kind: "lost"; why: string }
  /** No connection came about: nothing left this machine. */
  | { kind: "not_sent"; why: string };

/** One request. */
export interface Request {
  method: "GET" | "POST";
  /** Begins with `/v3/`. */
  path: string;
  /** JSON, sent byte for byte as UTF-8. */
  body?: string;
  /** Milliseconds from the start to the last byte of the answer. */
  timeLimit: number;
  /** The longest answer that is read, in bytes after decompression. */
  maxBytes: number;
}

/**
 * Sends one request and reads its answer, whatever it is. Never repeats it and follows no redirect,
 * so that the key goes to the configured host alone.
 */
export async function exchange(
  baseUrl: string,
  apiKey: string,
  request: Request,
): Promise<Exchange> {
  const { method, path, body, timeLimit, maxBytes } = request;
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), timeLimit);
  try {
    let answer: Response;
    try {
      answer = await fetch(`${baseUrl}${path}`, {
        method,
        redirect: "manual",
        signal: stop.signal,
        headers: {
          "api-key": apiKey,
          accept: "application/json",
          // A connection that lies idle may be closed just as the next request is written to it,
          // and whether that one was taken would not be known.
          ...(body === undefined
            ? {}
            : { "content-type": "application/json", connection: "close" }),
        },
        ...(body === undefined ? {} : { body }),
      });
    } catch (error) {
      if (!stop.signal.aborted && neverConnected(error)) {
        return { kind: "not_sent", why: "no connection to it could be made" };
      }
      const why = stop.signal.aborted
        ? `no answer within ${seconds(timeLimit)}`
        : "the connection broke";
      return { kind: "lost", why };
    }
    const { status, headers } = answer;
    return { kind: "answer", status, headers, text: await bodyOf(answer, maxBytes) };
  } finally {
    clearTimeout(timer);
    // Whatever is left of the answer is not read.
    stop.abort();
  }
}

async function bodyOf(answer: Response, maxBytes: number): Promise<string | null> {
  if (answer.body === null) return "";
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  try {
    for await (const chunk of answer.body as AsyncIterable<Uint8Array>) {
      size += chunk.byteLength;
      if (size > maxBytes) return null;
      text += decoder.decode(chunk, { stream: true });
    }
    return text + decoder.decode();
  } catch {
    return null;
  }
}

const BEFORE_ANY_REQUEST =
  /^(?:UND_ERR_CONNECT_TIMEOUT|ERR_TLS_CERT_ALTNAME_INVALID|CERT_\w+|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+)$/u;

/** Whether a failed fetch failed while connecting, so that certainly nothing was sent. */
function neverConnected(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  const causes: unknown[] = cause instanceof AggregateError ? cause.errors : [cause];
  return causes.length > 0 && causes.every(isOfConnecting);
}

function isOfConnecting(cause: unknown): boolean {
  if (!(cause instanceof Error)) return false;
  const { code, syscall } = cause as NodeJS.ErrnoException;
  return syscall === "connect" || syscall === "getaddrinfo" || BEFORE_ANY_REQUEST.test(code ?? "");
}

function seconds(milliseconds: number): string {
  const count = Math.round(milliseconds / 100) / 10;
  return count === 1 ? "1 second" : `${count} seconds`;
}
