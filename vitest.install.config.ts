import { defineConfig } from "vitest/config";

/** The ways in, each walked on a clean home: `npm run test:install`. Asks npm's registry for packages. */
export default defineConfig({
  test: {
    include: ["tests/install/**/*.install.ts"],
    setupFiles: ["tests/support/own_environment.ts"],
    testTimeout: 600_000,
    hookTimeout: 600_000,
    pool: "forks",
    fileParallelism: false,
  },
});
