import { readFile } from "node:fs/promises";
import type { Ground } from "./ground.ts";

/** A benchmark: rows of a table, whose units are in the names of their columns. */
export interface Entry {
  name: string;
  /** What was measured and against what, in sentences for the reader of the table. */
  about: string;
  /** After so many no further round is begun; 3 where it says nothing. */
  minutes?: number;
  run: (ground: Ground) => Promise<Row[]>;
}

/** A row of results; null where something could not be measured. */
export type Row = Record<string, number | string | null>;

/** The middle value; of an even number of values, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;
}

/** Milliseconds that a piece of work takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/**
 * Takes two measurements in turns, so that what slows the machine slows both, and begins every other
 * round with the second. Fewer rounds, but at least one, where the time of the run is used up.
 */
export async function inTurns<One, Other>(
  ground: Ground,
  rounds: number,
  measureOne: () => Promise<One>,
  measureOther: () => Promise<Other>,
): Promise<{ one: One[]; other: Other[] }> {
  const one: One[] = [];
  const other: Other[] = [];
  const takeOne = async () => one.push(await measureOne());
  const takeOther = async () => other.push(await measureOther());
  for (let round = 0; round < Math.min(rounds, ground.rounds); round++) {
    if (round > 0 && performance.now() > ground.deadline) break;
    for (const take of round % 2 === 0 ? [takeOne, takeOther] : [takeOther, takeOne]) {
      ground.goOn();
      await take();
    }
  }
  return { one, other };
}

/** Takes several measurements in turns, as {@link inTurns} takes two: each round begins with the next of them. */
export async function allInTurns(
  ground: Ground,
  rounds: number,
  measurements: readonly (() => Promise<number>)[],
): Promise<number[][]> {
  const taken = measurements.map((): number[] => []);
  for (let round = 0; round < Math.min(rounds, ground.rounds); round++) {
    if (round > 0 && performance.now() > ground.deadline) break;
    for (let turn = 0; turn < measurements.length; turn++) {
      const which = (round + turn) % measurements.length;
      ground.goOn();
      taken[which]!.push(await measurements[which]!());
    }
  }
  return taken;
}

/** How a row says whether its aim is met. */
export function yesOrNo(isMet: boolean): string {
  return isMet ? "yes" : "NO";
}

/** The most memory in bytes that a living process has held so far; null where the system does not say. */
export async function peakMemory(pid: number): Promise<number | null> {
  return memoryOf(pid, "VmHWM");
}

/** The memory in bytes that a living process holds; null where the system does not say. */
export async function presentMemory(pid: number): Promise<number | null> {
  return memoryOf(pid, "VmRSS");
}

async function memoryOf(pid: number, line: string): Promise<number | null> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  const kibibytes = new RegExp(`^${line}:\\s+(\\d+) kB$`, "m").exec(status)?.[1];
  return kibibytes === undefined ? null : Number(kibibytes) * 1024;
}
