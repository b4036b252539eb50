import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Generation } from "../../../workbench/client.ts";

/** A message as a server wrote it. */
export interface Message {
  jsonrpc?: unknown;
  id?: unknown;
  method?: string;
  params?: Record<string, any>;
  result?: Record<string, any>;
  error?: { code: number; message: string; data?: unknown };
}

export interface WireOptions {
  server: "outreach" | "import";
  env: Record<string, string>;
  generation?: Generation;
  /** How the person at the client answers; undefined for a client that cannot ask one. */
  person?: (() => unknown) | undefined;
  /** Takes any answer for right, whatever its id: for requests that were damaged on purpose. */
  isLax?: boolean;
  /** Seconds after which a request counts as one that is never answered; 60 unless given. */
  patience?: number;
}

const META = "io.modelcontextprotocol/";

/**
 * A client without a library, which sees every byte of a server's stdout and can write any byte to its
 * stdin. `wrong` collects what no server may do.
 */
export class Wire {
  readonly child: ChildProcessWithoutNullStreams;
  readonly wrong: string[] = [];
  /** How many answers came to each id. */
  readonly answers = new Map<unknown, number>();
  /** The exit code, or the signal that ended the server; undefined while it lives. */
  ended: number | string | undefined;
  readonly gone: Promise<void>;
  readonly #options: WireOptions;
  readonly #waiting = new Map<unknown, (message: Message | undefined) => void>();
  /** Answers that need not come, as their request was cancelled or broken. */
  readonly #optional = new Set<unknown>();
  #stderr = "";
  #pending: Buffer[] = [];
  #last = 0;

  constructor(options: WireOptions) {
    this.#options = options;
    this.child = spawn(
      process.execPath,
      [fileURLToPath(new URL(`../../../dist/${options.server}.js`, import.meta.url))],
      { env: { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "", ...options.env } },
    );
    this.child.stderr.on("data", (chunk: Buffer) => (this.#stderr += chunk.toString()));
    this.child.stdout.on("data", (chunk: Buffer) => this.#read(chunk));
    this.child.stdin.on("error", () => undefined);
    this.gone = new Promise((resolve) =>
      this.child.once("close", (code, signal) => {
        this.ended = code ?? signal ?? "?";
        if (this.#pending.length > 0) this.wrong.push("stdout ended within a line");
        for (const answer of this.#waiting.values()) answer(undefined);
        resolve();
      }),
    );
  }

  /** What the server wrote to stderr so far. */
  stderr(): string {
    return this.#stderr;
  }

  /** Says hello in the way of the client's generation. */
  async open(): Promise<void> {
    if (this.#options.generation === "2026-07-28") return;
    await this.request("initialize", {
      protocolVersion: "2025-11-25",
      capabilities: this.#options.person ? { elicitation: {} } : {},
      clientInfo: { name: "wire", version: "1" },
    });
    this.write({ method: "notifications/initialized" });
  }

  /** The id that the next request will have. */
  nextId(): number {
    return this.#last + 1;
  }

  /**
   * Makes a request and waits for its answer.
   *
   * @returns undefined when the server went away, or when the request was cancelled
   */
  async request(
    method: string,
    params: Record<string, unknown> = {},
  ): Promise<Message | undefined> {
    this.#last += 1;
    const id = this.#last;
    const answer = this.expect(id, method);
    this.write({ id, method, params: this.#enveloped(params) });
    return answer;
  }

  /** Waits for an answer to an id that was or will be written by hand. */
  expect(
    id: unknown,
    what = "a request",
    seconds = this.#options.patience ?? 60,
  ): Promise<Message | undefined> {
    if (this.ended !== undefined) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const late = setTimeout(() => {
        this.wrong.push(`${what} (id ${JSON.stringify(id)}) was not answered`);
        this.#waiting.delete(id);
        resolve(undefined);
      }, seconds * 1000);
      this.#waiting.set(id, (message) => {
        clearTimeout(late);
        this.#waiting.delete(id);
        resolve(message);
      });
    });
  }

  /** Cancels a request: it may be answered or not. */
  cancel(id: number): void {
    this.#optional.add(id);
    this.write({ method: "notifications/cancelled", params: this.#enveloped({ requestId: id }) });
    this.#waiting.get(id)?.(undefined);
  }

  /**
   * Calls a tool, and goes on where the server wants a person's answer first.
   *
   * @param args may be anything; a text `@@…@@` in it is written as the JSON it holds
   */
  async call(name: string, args: unknown): Promise<Message | undefined> {
    const params: Record<string, unknown> = { name, arguments: args };
    let message = await this.request("tools/call", params);
    for (let round = 0; round < 3; round += 1) {
      if (message?.result?.["resultType"] !== "input_required") return message;
      message = await this.request("tools/call", {
        ...params,
        inputResponses: { confirmation: this.#options.person?.() },
        requestState: message.result["requestState"],
      });
    }
    return message;
  }

  /** Writes a message as a line. */
  write(message: Record<string, unknown>): void {
    this.raw(`${text({ jsonrpc: "2.0", ...message })}\n`);
  }

  /** Writes bytes. */
  raw(bytes: string | Uint8Array): void {
    if (this.ended === undefined && this.child.stdin.writable) this.child.stdin.write(bytes);
  }

  /** Closes the server's stdin, as a client does that leaves, and waits until the process is gone. */
  async close(seconds = 15): Promise<void> {
    this.child.stdin.end();
    const late = setTimeout(() => {
      this.wrong.push(`the server still lives ${String(seconds)} s after its stdin was closed`);
      this.child.kill("SIGKILL");
    }, seconds * 1000);
    await this.gone;
    clearTimeout(late);
  }

  #enveloped(params: Record<string, unknown>): Record<string, unknown> {
    if (this.#options.generation !== "2026-07-28") return params;
    return {
      ...params,
      _meta: {
        [`${META}protocolVersion`]: "2026-07-28",
        [`${META}clientInfo`]: { name: "wire", version: "1" },
        [`${META}clientCapabilities`]: this.#options.person ? { elicitation: {} } : {},
      },
    };
  }

  #read(chunk: Buffer): void {
    let rest = chunk;
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      this.#line(Buffer.concat([...this.#pending, rest.subarray(0, end)]));
      this.#pending = [];
      rest = rest.subarray(end + 1);
    }
    if (rest.length > 0) this.#pending.push(rest);
  }

  #line(bytes: Buffer): void {
    let message: Message;
    try {
      message = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) as Message;
    } catch {
      this.wrong.push(`stdout held a line that is no JSON: ${bytes.toString().slice(0, 200)}`);
      return;
    }
    const fault = misshapen(message);
    if (fault !== undefined) this.wrong.push(`${fault}: ${bytes.toString().slice(0, 300)}`);
    if (message.method !== undefined) {
      if (message.id !== undefined) this.#answer(message);
      return;
    }
    this.answers.set(message.id, (this.answers.get(message.id) ?? 0) + 1);
    const waiting = this.#waiting.get(message.id);
    if (waiting) waiting(message);
    else if (!this.#options.isLax && !this.#optional.has(message.id)) {
      this.wrong.push(`an answer nobody waits for: ${bytes.toString().slice(0, 300)}`);
    }
  }

  /** Answers a question that the server put to the client. */
  #answer({ id, method }: Message): void {
    if (method === "elicitation/create" && this.#options.person) {
      this.write({ id, result: this.#options.person() });
    } else {
      this.write({ id, error: { code: -32601, message: "Method not found" } });
    }
  }
}

/** A value as JSON. A text `@@…@@` stands for what JavaScript cannot hold, such as `1e400`. */
export function text(value: unknown): string {
  return JSON.stringify(value).replaceAll(/"@@([^"@]*)@@"/gu, "$1");
}

/** Why a message is none of JSON-RPC 2.0; undefined when it is one. */
function misshapen(message: Message): string | undefined {
  if (typeof message !== "object" || Array.isArray(message)) return "stdout held no object";
  if (message.jsonrpc !== "2.0") return "a message does not say that it is JSON-RPC 2.0";
  const known = ["jsonrpc", "id", "method", "params", "result", "error"];
  const unknown = Object.keys(message).find((key) => !known.includes(key));
  if (unknown !== undefined) return `a message has a field "${unknown}"`;
  if (message.method !== undefined) {
    return message.result === undefined && message.error === undefined
      ? undefined
      : "a request holds an answer";
  }
  if ((message.result === undefined) === (message.error === undefined)) {
    return "an answer has not exactly one of result and error";
  }
  if (!["string", "number"].includes(typeof message.id) && message.error === undefined) {
    return "an answer has no id";
  }
  if (message.error === undefined) return undefined;
  return Number.isInteger(message.error.code) && typeof message.error.message === "string"
    ? undefined
    : "an error has no code or message";
}
