import { defineConfig } from "vitest/config";

/** The fault suite: `npm run test:faults`. FAULT_SEED repeats a run. */
export default defineConfig({
  test: {
    include: ["tests/faults/**/*.faults.ts"],
    globalSetup: ["tests/support/global_setup.ts", "tests/faults/support/setup.ts"],
    testTimeout: 180_000,
    hookTimeout: 120_000,
    pool: "forks",
    // Faults are made by the clock: several files at once on two cores would only make them milder.
    fileParallelism: false,
  },
});
