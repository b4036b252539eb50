import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Wire } from "../faults/support/wire.ts";
import { fixture } from "./support/fixture.ts";
import { LARGE, SMALL } from "./support/hostile_files.ts";
import { observed } from "./support/observed.ts";
import { tempFiles } from "./support/temp_files.ts";

const MEBIBYTE = 1024 * 1024;
/** Of those that take their time, the ones that once killed the server or kept it busy for minutes. */
const SOME = ["one cell of 190 MB.xlsx", "100 MB of commas.csv"];
const files = process.env["WHOLE_MATRIX"]
  ? [...SMALL, ...LARGE]
  : [...SMALL, ...LARGE.filter(({ name }) => SOME.includes(name))];

describe("a file that means harm", () => {
  const folder = tempFiles();
  let wire: Wire;

  beforeAll(async () => {
    wire = new Wire({ server: "import", env: { DATABASE_URL: "postgres://u@127.0.0.1:1/none" } });
    await wire.open();
    await check(fixture("walkup.csv"), "walkup");
  });
  afterAll(() => wire.close());

  function check(file_path: string, import_type = "quicket_registrations") {
    return wire.call("validate_import_data", { file_path, import_type });
  }

  it.each(files)(
    "$name is answered in a sentence, and others meanwhile",
    async ({ name, make, says }) => {
      const path = await folder.write(name, make());
      const { result, seconds, longestPing, peakBytes } = await observed(wire, () => check(path));
      const text = String(result?.result?.["content"][0].text);
      expect(text).toMatch(says);
      expect(text.length).toBeLessThan(400);
      expect(result?.result?.["isError"]).toBe(true);
      expect(seconds).toBeLessThan(20);
      expect(longestPing).toBeLessThan(1000);
      if (peakBytes !== null) expect(peakBytes).toBeLessThan(600 * MEBIBYTE);
      expect(wire.stderr()).toBe("");
      expect((await check(fixture("walkup.csv"), "walkup"))?.result?.["isError"]).not.toBe(true);
    },
  );
});
