import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { Refusal, isObject, type Answer } from "./answer.ts";
import type { Faults, Place, Planned } from "./faults.ts";
import { account, blockedContacts, template, templates } from "./lists.ts";
import { feed, type Disorder } from "./news.ts";
import { keyOf, send, useUp } from "./sending.ts";
import type { State } from "./state.ts";

/** A request as it came, whoever made it. */
export interface Recorded {
  method: string;
  /** With the query. */
  path: string;
  headers: Record<string, string | string[] | undefined>;
  body: string;
  /** Milliseconds since 1970, by the stand-in's clock. */
  at: number;
  fault: string | undefined;
  /** Undefined where the connection was cut instead of answered. */
  status: number | undefined;
}

const LARGEST_BODY = 20_000_000;

/** Serves the stand-in's API on a port of its own on this machine. */
export function serve(
  state: State,
  faults: Faults,
  disorder: () => Disorder,
  requests: Recorded[],
): Server {
  return createServer((request, response) => {
    void handle(request, response).catch(() => response.destroy());
  });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    const url = new URL(request.url ?? "/", "http://stand-in");
    const place = placeOf(request.method ?? "", url.pathname);
    const planned = place === undefined ? undefined : faults.take(place);
    const record: Recorded = {
      method: request.method ?? "",
      path: request.url ?? "",
      headers: request.headers,
      body,
      at: state.now(),
      fault: planned?.fault,
      status: undefined,
    };
    requests.push(record);
    const work = () => answerTo(place, url, request, body);
    const answer =
      planned === undefined
        ? work()
        : await strike(planned, work, body, response, (taken) =>
            answerTo(place, url, request, taken),
          );
    if (answer === undefined) return;
    record.status = answer.status;
    response.writeHead(answer.status, {
      "content-type": "application/json",
      date: new Date(state.now()).toUTCString(),
      ...answer.headers,
    });
    response.end(JSON.stringify(answer.body));
  }

  function answerTo(
    place: Place | undefined,
    url: URL,
    request: IncomingMessage,
    body: string,
  ): Answer {
    try {
      if (request.headers["api-key"] !== state.apiKey) {
        throw new Refusal(401, "unauthorized", "Key not found");
      }
      if (place === undefined)
        throw new Refusal(404, "document_not_found", "Requested URL not found");
      const limits = limit(place);
      return withHeaders(work(place, url, body), limits);
    } catch (error) {
      if (error instanceof Refusal) return error.answer;
      return { status: 500, body: { code: "internal_error", message: String(error) } };
    }
  }

  function work(place: Place, url: URL, body: string): Answer {
    switch (place) {
      case "send":
        return send(state, parsed(body));
      case "account":
        return account(state);
      case "templates":
        return templates(state, url.searchParams);
      case "template":
        return template(state, url.pathname.split("/").at(-1) ?? "");
      case "blockedContacts":
        return blockedContacts(state, url.searchParams);
      default:
        return feed(state, url.searchParams, disorder());
    }
  }

  /** Counts a call against its limit. */
  function limit(place: Place): Record<string, string> {
    const reads = state.switches.readsPerHour;
    const [name, most, window]: [string, number, number] =
      place === "send"
        ? ["send", 100, 60_000]
        : place === "account"
          ? ["account", 100, 3_600_000]
          : [place === "template" ? "templates" : place, reads ?? Infinity, 3_600_000];
    if (most === Infinity) return {};
    const now = state.now();
    const calls = (state.calls.get(name) ?? []).filter((at) => at > now - window);
    const reset = Math.ceil(((calls[0] ?? now) + window - now) / 1000);
    if (calls.length >= most) {
      throw new Refusal(
        429,
        "too_many_requests",
        "Rate limit exceeded",
        limitHeaders(most, 0, reset),
      );
    }
    calls.push(now);
    state.calls.set(name, calls);
    return limitHeaders(most, most - calls.length, reset);
  }

  /** Lets a fault happen; returns what is still to be answered in the usual way. */
  async function strike(
    planned: Planned,
    act: () => Answer,
    body: string,
    response: ServerResponse,
    actOn: (body: string) => Answer,
  ): Promise<Answer | undefined> {
    const refuse = (status: number, code: string, message: string, headers = {}): Answer => {
      useUp(state, keyIn(body));
      return { status, body: { code, message }, headers };
    };
    switch (planned.fault) {
      case "401":
        return refuse(401, "unauthorized", "Key not found");
      case "402":
        return refuse(402, "not_enough_credits", "Not enough credits to send the emails");
      case "403":
        return refuse(403, "permission_denied", "Your account may not send transactional emails");
      case "account_under_validation":
        return refuse(403, "ACCOUNT_UNDER_VALIDATION", "Your account is under validation");
      case "429":
        return refuse(
          429,
          "too_many_requests",
          "Rate limit exceeded",
          limitHeaders(100, 0, planned.resetSeconds),
        );
      case "500 before":
        return refuse(500, "internal_error", "Something went wrong");
      case "500 after":
        act();
        return { status: 502, body: { code: "bad_gateway", message: "Something went wrong" } };
      case "drop before":
        useUp(state, keyIn(body));
        response.destroy();
        return undefined;
      case "drop after":
        act();
        response.destroy();
        return undefined;
      case "stall before":
        return undefined;
      case "stall after":
        act();
        return undefined;
      case "stalled body":
      case "broken body": {
        const { status, body: told } = act();
        const text = JSON.stringify(told);
        response.writeHead(status, {
          "content-type": "application/json",
          "content-length": Buffer.byteLength(text),
        });
        response.write(text.slice(0, Math.floor(text.length / 2)), () => {
          if (planned.fault === "broken body") response.destroy();
        });
        return undefined;
      }
      case "html before":
      case "html after": {
        if (planned.fault === "html after") act();
        html(response, 201);
        return undefined;
      }
      case "html 403":
        html(response, 403);
        return undefined;
      case "without ids":
        return { ...act(), body: { message: "accepted" } };
      case "too few ids":
        return withIds(act(), (ids) => ids.slice(1));
      case "too many ids":
        return withIds(act(), (ids) => [...ids, `${ids[0] ?? ""}2`]);
      case "doubled ids":
        return withIds(act(), (ids) => ids.map(() => ids[0] ?? ""));
      case "half taken":
        return actOn(halfOf(body));
      case "endless body":
        act();
        response.writeHead(201, { "content-type": "application/json" });
        endless(response);
        return undefined;
      case "redirect":
        response.writeHead(307, { location: "http://127.0.0.1:9/elsewhere" }).end();
        return undefined;
      case "slow":
        await new Promise((resolve) => setTimeout(resolve, planned.milliseconds));
        return act();
    }
  }
}

function placeOf(method: string, path: string): Place | undefined {
  if (method === "POST") return path === "/v3/smtp/email" ? "send" : undefined;
  if (method !== "GET") return undefined;
  if (/^\/v3\/smtp\/templates\/\d+$/u.test(path)) return "template";
  const places: Record<string, Place> = {
    "/v3/account": "account",
    "/v3/smtp/templates": "templates",
    "/v3/smtp/blockedContacts": "blockedContacts",
    "/v3/smtp/statistics/events": "events",
  };
  return places[path];
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LARGEST_BODY) throw new Error("too large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parsed(body: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw new Refusal(400, "bad_request", "Invalid JSON");
  }
  if (!isObject(value)) throw new Refusal(400, "bad_request", "Invalid JSON");
  return value;
}

/** An answer with other message ids than those of the mails that were taken. */
function withIds(answer: Answer, change: (ids: string[]) => string[]): Answer {
  const { messageId, messageIds = [messageId] } = answer.body;
  if (answer.status >= 300) return answer;
  return { ...answer, body: { messageIds: change(messageIds as string[]) } };
}

/** The first half of a batch. */
function halfOf(body: string): string {
  const whole = parsed(body);
  const versions = Array.isArray(whole.messageVersions) ? (whole.messageVersions as unknown[]) : [];
  const half = versions.slice(0, Math.max(1, Math.floor(versions.length / 2)));
  return JSON.stringify({ ...whole, messageVersions: half });
}

function keyIn(body: string): string | undefined {
  try {
    return keyOf(parsed(body));
  } catch {
    return undefined;
  }
}

function limitHeaders(limit: number, remaining: number, reset: number): Record<string, string> {
  return {
    "x-sib-ratelimit-limit": String(limit),
    "x-sib-ratelimit-remaining": String(remaining),
    "x-sib-ratelimit-reset": String(reset),
  };
}

function withHeaders(answer: Answer, headers: Record<string, string>): Answer {
  return { ...answer, headers: { ...headers, ...answer.headers } };
}

function html(response: ServerResponse, status: number): void {
  response.writeHead(status, { "content-type": "text/html" });
  response.end(
    "<!doctype html><title>Please sign in</title><p>This network asks you to sign in.</p>",
  );
}

function endless(response: ServerResponse): void {
  const chunk = " ".repeat(64 * 1024);
  const more = (): void => {
    while (!response.destroyed && response.write(chunk));
    if (!response.destroyed) response.once("drain", more);
  };
  more();
}
