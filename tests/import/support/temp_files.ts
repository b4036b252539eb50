import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";

/** Files of a test, in a folder of their own that is removed after it. */
export function tempFiles() {
  let folder = "";
  let count = 0;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "event-outreach-import-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return {
    /** A path in the folder at which nothing is. */
    path: (name: string) => join(folder, `${String(++count)}-${name}`),
    /** Writes a file and returns its path. */
    async write(name: string, content: string | Uint8Array): Promise<string> {
      const path = join(folder, `${String(++count)}-${name}`);
      await writeFile(path, content);
      return path;
    },
  };
}
