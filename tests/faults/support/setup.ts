import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** What every random choice of the run follows from. */
    faultSeed: number;
  }
}

/** Chooses the run's seed, or takes FAULT_SEED, and says it. */
export default function setup(project: TestProject): void {
  const given = Number(process.env["FAULT_SEED"]);
  const seed =
    Number.isSafeInteger(given) && given > 0 ? given : 1 + Math.floor(Math.random() * 1e6);
  console.log(`FAULT_SEED=${String(seed)} repeats this run's choices.`);
  project.provide("faultSeed", seed);
}
