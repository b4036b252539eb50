import { afterAll } from "vitest";

// One process runs several files: what a file changes in the environment, as lint's proof does, ends with it.
const before = { ...process.env };
afterAll(() => {
  for (const name of Object.keys(process.env)) {
    if (!Object.hasOwn(before, name)) Reflect.deleteProperty(process.env, name);
  }
  Object.assign(process.env, before);
});
