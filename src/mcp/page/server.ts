import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { ToolError } from "../errors.ts";
import { plain } from "../render.ts";

/**
 * Pages on which a person says yes, on this machine only and as long as this process lives.
 *
 * What a yes there proves: that somebody on this machine who knew the page's address had loaded the page
 * and sent its form. Other sites cannot do it, nor pages in a frame, nor who must guess the address. It does
 * not prove a person: a program on this machine that was told the address can do what a browser does. No
 * secret shown elsewhere is asked for, as people without notifications or a terminal in sight would be
 * locked out, and a program that runs as the same user could read it there too. Instead the address is
 * told to nobody where the client can open it by itself, and the page shows who else was on it and
 * whether it was another who pressed.
 */

/** What a page knows of the visitor whom it is shown to. */
export interface Visit {
  /** What the form must bring back, as its field `token`. */
  formToken: string;
  /** How many others, by their cookies, have loaded the page. */
  others: number;
  /** The button was pressed by another visitor. */
  pressedByAnother: boolean;
}

/** A page with one button. */
export interface Page {
  /** The page in HTML. */
  show(visit: Visit): Promise<string>;
  /**
   * What the button does.
   *
   * @throws ToolError with a sentence for the person, where it does nothing any more
   */
  press(): Promise<void>;
}

/** A page that is served. */
export interface ServedPage {
  address: string;
  /** It was not served before. */
  isNew: boolean;
  /** A client has opened it for the person, so that its address need not be told. */
  isOpened: boolean;
  /** Waits until the button is pressed, for so many milliseconds at most. */
  pressed(milliseconds: number, signal: AbortSignal): Promise<void>;
}

class Entry implements ServedPage {
  readonly name: string;
  readonly page: Page;
  address = "";
  isNew = true;
  isOpened = false;
  /** Part of the address that nobody can guess. */
  readonly path = `/${randomBytes(24).toString("base64url")}`;
  /** Seals what a form must bring back. */
  readonly key = randomBytes(32);
  readonly visitors = new Set<string>();
  pressedBy: string | undefined;
  #listeners = new Set<() => void>();

  constructor(name: string, page: Page) {
    this.name = name;
    this.page = page;
  }

  async pressed(milliseconds: number, signal: AbortSignal): Promise<void> {
    if (this.pressedBy !== undefined || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", done);
        this.#listeners.delete(done);
        resolve();
      };
      const timer = setTimeout(done, milliseconds);
      signal.addEventListener("abort", done, { once: true });
      this.#listeners.add(done);
    });
  }

  press(visitor: string): void {
    this.pressedBy = visitor;
    for (const listener of this.#listeners) listener();
  }
}

const served = new Map<string, Entry>();
const MOST_SERVED = 100;
const MOST_VISITORS = 1000;
const LONGEST_FORM = 1000;

let listening: Promise<number> | undefined;

/**
 * Serves a page, once for each name.
 *
 * @param name what the page is about, such as the number of a question
 */
export async function servePage(name: string, page: () => Page): Promise<ServedPage> {
  listening ??= listen();
  const port = await listening;
  const known = [...served.values()].find((entry) => entry.name === name);
  if (known) {
    known.isNew = false;
    return known;
  }
  const entry = new Entry(name, page());
  entry.address = `http://127.0.0.1:${String(port)}${entry.path}`;
  served.set(entry.path, entry);
  for (const path of [...served.keys()].slice(0, Math.max(0, served.size - MOST_SERVED))) {
    served.delete(path);
  }
  return entry;
}

async function listen(): Promise<number> {
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      process.stderr.write(
        `Confirmation page: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
      );
      reply(response, 500, "Something went wrong; nothing was done. Try again.");
    });
  });
  server.requestTimeout = 10_000;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // A page that nobody looks at keeps no server alive.
  server.unref();
  return (server.address() as AddressInfo).port;
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const port = request.socket.localPort;
  const host = `127.0.0.1:${String(port)}`;
  // Another name in Host is another site's that was made to point here.
  if (request.headers.host !== host) {
    reply(response, 421, "This page is at another address.");
    return;
  }
  const entry = served.get(request.url ?? "");
  if (!entry) {
    reply(response, 404, "There is no such page. Ask for the address again.");
    return;
  }
  if (request.method === "GET") {
    await show(request, response, entry);
  } else if (request.method === "POST") {
    await press(request, response, entry, `http://${host}`);
  } else {
    response.setHeader("allow", "GET, POST");
    reply(response, 405, "This page can only be read and its button pressed.");
  }
}

async function show(
  request: IncomingMessage,
  response: ServerResponse,
  entry: Entry,
): Promise<void> {
  const given = cookieOf(request, entry);
  const visitor = given ?? randomBytes(24).toString("base64url");
  if (entry.visitors.size < MOST_VISITORS) entry.visitors.add(visitor);
  const text = await entry.page.show({
    formToken: formToken(entry, visitor),
    others: entry.visitors.size - (entry.visitors.has(visitor) ? 1 : 0),
    pressedByAnother: entry.pressedBy !== undefined && entry.pressedBy !== visitor,
  });
  if (given === undefined) {
    response.setHeader(
      "set-cookie",
      `${cookieName(entry)}=${visitor}; Path=${entry.path}; HttpOnly; SameSite=Strict; Max-Age=7200`,
    );
  }
  send(response, 200, text, "text/html; charset=utf-8");
}

async function press(
  request: IncomingMessage,
  response: ServerResponse,
  entry: Entry,
  origin: string,
): Promise<void> {
  const visitor = cookieOf(request, entry);
  const isOwn = isOwnForm(request, origin);
  const form = new URLSearchParams(isOwn ? await bodyOf(request) : "");
  if (
    !isOwn ||
    visitor === undefined ||
    !same(form.get("token") ?? "", formToken(entry, visitor))
  ) {
    reply(
      response,
      403,
      "The button was not pressed on this page, so nothing was sent. Load the page again.",
    );
    return;
  }
  try {
    await entry.page.press();
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    reply(response, 409, plain(error.message));
    return;
  }
  entry.press(visitor);
  process.stderr.write(
    `Confirmation page: the button was pressed by ${plain((request.headers["user-agent"] ?? "a program without a name").slice(0, 200))}\n`,
  );
  response.setHeader("location", entry.path);
  reply(response, 303, "Confirmed.");
}

/** Whether a form was sent by this page, as a browser tells it; what a browser does not tell is let be. */
function isOwnForm({ headers }: IncomingMessage, origin: string): boolean {
  const told = (name: string, expected: string) =>
    headers[name] === undefined || headers[name] === expected;
  return (
    headers.origin === origin &&
    told("sec-fetch-site", "same-origin") &&
    told("sec-fetch-mode", "navigate") &&
    told("sec-fetch-dest", "document") &&
    (headers["content-type"] ?? "").startsWith("application/x-www-form-urlencoded")
  );
}

function formToken({ key }: Entry, visitor: string): string {
  return createHmac("sha256", key).update(visitor).digest("base64url");
}

/** A name of its own for each page, as a browser sends cookies to every port of this machine. */
function cookieName({ path }: Entry): string {
  return `confirm-${path.slice(1, 9)}`;
}

function cookieOf(request: IncomingMessage, entry: Entry): string | undefined {
  const name = cookieName(entry);
  for (const part of (request.headers.cookie ?? "").split(";")) {
    const [key, value] = part.trim().split("=");
    if (key === name && value !== undefined && /^[\w-]{32}$/u.test(value)) return value;
  }
  return undefined;
}

function same(given: string, expected: string): boolean {
  return (
    given.length === expected.length && timingSafeEqual(Buffer.from(given), Buffer.from(expected))
  );
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request as AsyncIterable<Buffer>) {
    text += chunk.toString("utf8");
    if (text.length > LONGEST_FORM) return "";
  }
  return text;
}

function reply(response: ServerResponse, status: number, sentence: string): void {
  send(response, status, `${sentence}\n`, "text/plain; charset=utf-8");
}

function send(response: ServerResponse, status: number, text: string, type: string): void {
  if (response.headersSent) {
    response.end();
    return;
  }
  response.writeHead(status, {
    "content-type": type,
    "cache-control": "no-store",
    "content-security-policy":
      "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    // Without any referrer a browser would say nothing of where the button was pressed either.
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
  });
  response.end(text);
}
