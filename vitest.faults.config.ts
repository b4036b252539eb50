import { defineConfig } from "vitest/config";

/** The fault suite: `npm run test:faults`. FAULT_SEED repeats a run. */
export default defineConfig({
  test: {
    include: [
      "tests/faults/**/*.faults.ts",
      // Of whose cases `npm test` takes a few.
      "tests/demo.test.ts",
      "tests/import/hostile_files.test.ts",
      "tests/import/statements.test.ts",
      "tests/sending/faults.test.ts",
      "tests/sending/cut.test.ts",
      "tests/sending/gate.test.ts",
      "tests/sending/lifting.test.ts",
    ],
    env: { WHOLE_MATRIX: "1" },
    globalSetup: ["tests/support/global_setup.ts", "tests/faults/support/setup.ts"],
    testTimeout: 180_000,
    hookTimeout: 120_000,
    pool: "forks",
    // Faults are made by the clock: several files at once on two cores would only make them milder.
    fileParallelism: false,
  },
});
