import { setImmediate } from "node:timers/promises";
import { cancelled } from "./steps.ts";

/** Computing that pauses often, so that others may be answered in between. */
export type Sliced<Result> = Generator<undefined, Result>;

/** Milliseconds of computing after which whoever else waits is let in. */
const SLICE = 20;

/**
 * Does a piece of computing without keeping the process from answering others.
 *
 * @throws ToolError when the signal ends it, as the client has cancelled
 */
export async function inSlices<Result>(work: Sliced<Result>, signal: AbortSignal): Promise<Result> {
  for (;;) {
    if (signal.aborted) throw cancelled();
    const end = performance.now() + SLICE;
    do {
      const step = work.next();
      if (step.done) return step.value;
    } while (performance.now() < end);
    await setImmediate();
  }
}
