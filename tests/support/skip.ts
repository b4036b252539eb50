import type { TestContext } from "vitest";

/** Leaves a test out, and says in the run's output why: the reporter alone says how many. */
export function skip(context: TestContext, reason: string): void {
  console.log(`Left out: ${context.task.name}: ${reason}.`);
  context.skip(reason);
}
