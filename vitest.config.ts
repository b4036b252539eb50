import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { LongestFirst } from "./tests/support/longest_first.ts";

export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts"],
    globalSetup: ["tests/support/global_setup.ts"],
    setupFiles: ["tests/support/property_seed.ts", "tests/support/own_environment.ts"],
    // Processes, and a real database on a slow machine.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: "forks",
    // Half of the time a test waits for a process, a database or a clock. More than six at once would
    // ask the one PostgreSQL, which takes a hundred, for too many connections.
    maxWorkers: Math.min(2 * availableParallelism(), 6),
    // What is loaded once serves all files of a worker; each test makes what it changes itself.
    isolate: false,
    sequence: { sequencer: LongestFirst },
  },
});
