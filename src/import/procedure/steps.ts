import { setImmediate } from "node:timers/promises";
import { ToolError } from "../../mcp/errors.ts";
import type { Caller } from "../../mcp/tool.ts";

/** How far an import has come: tells the client, and stops when it has cancelled. */
export class Steps {
  readonly #caller: Caller;
  readonly #total: number;
  #done = 0;

  /** @param total how many steps there are at most */
  constructor(caller: Caller, total: number) {
    this.#caller = caller;
    this.#total = total;
  }

  get signal(): AbortSignal {
    return this.#caller.signal;
  }

  /** @throws ToolError when the client has cancelled, which rolls the import back */
  async done(what: string): Promise<void> {
    await this.#reached(this.#done + 1, what);
  }

  /** All steps are done, however few they were; throws as {@link done}. */
  async finished(what: string): Promise<void> {
    await this.#reached(this.#total, what);
  }

  async #reached(step: number, what: string): Promise<void> {
    // Planning keeps the process busy: a cancellation that came meanwhile is heard now.
    await setImmediate();
    if (this.signal.aborted) throw cancelled();
    if (step === this.#done) return;
    this.#done = step;
    await this.#caller.progress(step, this.#total, what);
  }
}

/** What a client that has cancelled is told. */
export function cancelled(): ToolError {
  return new ToolError("The import was cancelled.");
}
