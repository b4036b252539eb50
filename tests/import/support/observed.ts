import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import type { Wire } from "../../faults/support/wire.ts";

/** What a server was like while it worked. */
export interface Observed<Result> {
  result: Result;
  seconds: number;
  /** Milliseconds of the ping that waited longest for its answer. */
  longestPing: number;
  /** Most bytes that the server and the processes that it started held; null where the system does not say. */
  peakBytes: number | null;
  /** As much of the server alone. */
  ownPeakBytes: number | null;
}

/** Pings a server all the while that a piece of work takes, and looks at its memory. */
export async function observed<Result>(
  wire: Wire,
  work: () => Promise<Result>,
): Promise<Observed<Result>> {
  const state = { isOver: false };
  let longestPing = 0;
  let peakBytes: number | null = null;
  let ownPeakBytes: number | null = null;
  const pid = wire.child.pid ?? 0;
  const pinging = (async () => {
    while (!state.isOver) {
      const start = performance.now();
      await wire.request("ping");
      longestPing = Math.max(longestPing, performance.now() - start);
      await delay(50);
    }
  })();
  const weighing = (async () => {
    while (!state.isOver) {
      const own = await memoryOf(pid);
      const others = await Promise.all((await childrenOf(pid)).map(memoryOf));
      if (own !== null) {
        ownPeakBytes = Math.max(ownPeakBytes ?? 0, own);
        const all = others.reduce<number>((sum, bytes) => sum + (bytes ?? 0), own);
        peakBytes = Math.max(peakBytes ?? 0, all);
      }
      await delay(25);
    }
  })();
  const start = performance.now();
  try {
    const result = await work();
    const seconds = (performance.now() - start) / 1000;
    state.isOver = true;
    await Promise.all([pinging, weighing]);
    return { result, seconds, longestPing, peakBytes, ownPeakBytes };
  } finally {
    state.isOver = true;
  }
}

async function memoryOf(pid: number): Promise<number | null> {
  const status = await readFile(`/proc/${String(pid)}/status`, "utf8").catch(() => "");
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  return kibibytes === undefined ? null : Number(kibibytes) * 1024;
}

/** Process ids of the processes that a process has started; none where the system does not say. */
export async function childrenOf(pid: number): Promise<number[]> {
  const path = `/proc/${String(pid)}/task/${String(pid)}/children`;
  const text = await readFile(path, "utf8").catch(() => "");
  return text.split(" ").filter(Boolean).map(Number);
}
