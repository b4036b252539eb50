import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { ToolError } from "../../../mcp/errors.ts";
import { plain } from "../../../mcp/render.ts";
import type { Transactions } from "../../../mcp/tool.ts";
import type { Call } from "../../../conventions/call.ts";
import { pageContent, sayYes, type SampleFor } from "./consent.ts";
import { page } from "./view.ts";

/** A question that this process shows a page for. */
interface Shown {
  transactions: Transactions<Call>;
  communication: number;
  confirmation: number;
  sampleFor: SampleFor;
  /** Part of the address that nobody can guess. */
  path: string;
  /** Seals what a form must bring back. */
  key: Buffer;
}

const shown = new Map<string, Shown>();
const MOST_SHOWN = 100;
const LONGEST_FORM = 1000;

let listening: Promise<number> | undefined;

/** Whether this process shows a page for a question. */
export function hasPage(confirmation: number): boolean {
  return entryOf(confirmation) !== undefined;
}

function entryOf(confirmation: number): Shown | undefined {
  return [...shown.values()].find((entry) => entry.confirmation === confirmation);
}

/**
 * The address of the page on which a person says yes to a list. It is served on this machine only, as
 * long as this process lives.
 *
 * @param sampleFor the mail as somebody will receive it
 */
export async function confirmationPage(
  transactions: Transactions<Call>,
  communication: number,
  confirmation: number,
  sampleFor: SampleFor,
): Promise<string> {
  listening ??= listen();
  const port = await listening;
  let entry = entryOf(confirmation);
  if (!entry) {
    entry = {
      transactions,
      communication,
      confirmation,
      sampleFor,
      path: `/${randomBytes(24).toString("base64url")}`,
      key: randomBytes(32),
    };
    shown.set(entry.path, entry);
    for (const path of [...shown.keys()].slice(0, Math.max(0, shown.size - MOST_SHOWN))) {
      shown.delete(path);
    }
  }
  return `http://127.0.0.1:${String(port)}${entry.path}`;
}

async function listen(): Promise<number> {
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      process.stderr.write(
        `Confirmation page: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
      );
      reply(response, 500, "Something went wrong; nothing was sent. Try again.");
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
  const entry = shown.get(request.url ?? "");
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
  entry: Shown,
): Promise<void> {
  const given = cookieOf(request, entry);
  const visitor = given ?? randomBytes(24).toString("base64url");
  const content = await entry.transactions.read((call) =>
    pageContent(call, entry, formToken(entry, visitor)),
  );
  if (given === undefined) {
    response.setHeader(
      "set-cookie",
      `${cookieName(entry)}=${visitor}; Path=${entry.path}; HttpOnly; SameSite=Strict; Max-Age=7200`,
    );
  }
  send(response, 200, page(content), "text/html; charset=utf-8");
}

async function press(
  request: IncomingMessage,
  response: ServerResponse,
  entry: Shown,
  origin: string,
): Promise<void> {
  const { origin: from, "sec-fetch-site": site, "content-type": type } = request.headers;
  const isOwn =
    from === origin &&
    (site === undefined || site === "same-origin") &&
    (type ?? "").startsWith("application/x-www-form-urlencoded");
  const visitor = cookieOf(request, entry);
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
    await entry.transactions.write((call) => sayYes(call, entry));
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    reply(response, 409, plain(error.message));
    return;
  }
  response.setHeader("location", entry.path);
  reply(response, 303, "Confirmed.");
}

function formToken({ key }: Shown, visitor: string): string {
  return createHmac("sha256", key).update(visitor).digest("base64url");
}

function cookieName({ confirmation }: Shown): string {
  return `confirm-${String(confirmation)}`;
}

function cookieOf(request: IncomingMessage, entry: Shown): string | undefined {
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
