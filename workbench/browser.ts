import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Readable, Writable } from "node:stream";

/** Where Debian keeps its Chromium, and what may be named instead. */
const CHROMIUM = process.env["CHROMIUM"] ?? "/usr/bin/chromium";

/** Why the browser cannot be tried here; undefined where it can. */
export function noBrowser(): string | undefined {
  return existsSync(CHROMIUM) ? undefined : `there is no ${CHROMIUM} (set CHROMIUM to another)`;
}

/** A tab of a real browser. */
export interface Tab {
  open(url: string): Promise<void>;
  /** The value of an expression in the page, which must be JSON. */
  run<Value>(expression: string): Promise<Value>;
  /** Presses with a mouse what a selector finds, and waits for the page that follows. */
  press(selector: string): Promise<void>;
  /** One command of the browser's own protocol, such as to print or to look as on a phone. */
  command(method: string, params: object): Promise<Record<string, any>>;
  /** URLs that the page asked for, beside itself. */
  requested(): string[];
  /** What the browser's console said. */
  said(): string[];
  close(): Promise<void>;
}

interface Message {
  id?: number;
  method?: string;
  params?: Record<string, unknown>;
  result?: Record<string, unknown>;
  error?: { message: string };
}

/** Starts Chromium without a window and drives it by its own protocol, over a pipe. */
export async function openTab(): Promise<Tab> {
  const profile = await mkdtemp(path.join(tmpdir(), "outreach-browser-"));
  const browser = spawn(
    CHROMIUM,
    [
      "--headless=new",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-dev-shm-usage",
      "--no-first-run",
      "--remote-debugging-pipe",
      `--user-data-dir=${profile}`,
      "about:blank",
    ],
    { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] },
  );
  const [, , , input, output] = browser.stdio as unknown as [null, null, null, Writable, Readable];
  const answers = new Map<number, (message: Message) => void>();
  const listeners = new Map<string, ((params: Record<string, unknown>) => void)[]>();
  let pending = "";
  output.on("data", (chunk: Buffer) => {
    const messages = (pending + chunk.toString()).split("\0");
    pending = messages.pop() ?? "";
    for (const text of messages) {
      const message = JSON.parse(text) as Message;
      if (message.id !== undefined) answers.get(message.id)?.(message);
      else
        for (const listener of listeners.get(message.method ?? "") ?? [])
          listener(message.params ?? {});
    }
  });
  let last = 0;
  const send = (method: string, params: object, sessionId?: string) =>
    new Promise<Record<string, any>>((resolve, reject) => {
      last += 1;
      answers.set(last, ({ result, error }) => {
        if (error) reject(new Error(`${method}: ${error.message}`));
        else resolve(result ?? {});
      });
      input.write(`${JSON.stringify({ id: last, method, params, sessionId })}\0`);
    });
  const { targetId } = await send("Target.createTarget", { url: "about:blank" });
  const { sessionId } = await send("Target.attachToTarget", { targetId, flatten: true });
  const tab = (method: string, params: object = {}) => send(method, params, sessionId as string);
  const on = (method: string, listener: (params: Record<string, unknown>) => void) => {
    listeners.set(method, [...(listeners.get(method) ?? []), listener]);
  };
  const loaded = () =>
    new Promise<void>((resolve) => {
      on("Page.loadEventFired", () => {
        resolve();
      });
    });
  const urls: string[] = [];
  const words: string[] = [];
  on("Network.requestWillBeSent", ({ request }) => {
    urls.push((request as { url: string }).url);
  });
  on("Log.entryAdded", ({ entry }) => {
    words.push((entry as { text: string }).text);
  });
  await Promise.all(["Page", "Network", "Runtime", "Log"].map((domain) => tab(`${domain}.enable`)));
  const run = async <Value>(expression: string): Promise<Value> => {
    const { result, exceptionDetails } = await tab("Runtime.evaluate", {
      expression,
      returnByValue: true,
      awaitPromise: true,
    });
    if (exceptionDetails) throw new Error(JSON.stringify(exceptionDetails));
    return (result as { value: Value }).value;
  };
  return {
    open: async (url) => {
      const done = loaded();
      await tab("Page.navigate", { url });
      await done;
    },
    run,
    command: tab,
    press: async (selector) => {
      const { x, y } = await run<{ x: number; y: number }>(
        `(() => { const e = document.querySelector(${JSON.stringify(selector)}); e.scrollIntoView(); const b = e.getBoundingClientRect(); return { x: b.x + b.width / 2, y: b.y + b.height / 2 }; })()`,
      );
      const done = loaded();
      for (const type of ["mousePressed", "mouseReleased"]) {
        await tab("Input.dispatchMouseEvent", { type, x, y, button: "left", clickCount: 1 });
      }
      await done;
    },
    requested: () => urls,
    said: () => words,
    close: async () => {
      const gone = new Promise((resolve) => browser.once("exit", resolve));
      browser.kill("SIGKILL");
      await gone;
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
