import { homedir, userInfo } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, describe, expect, test } from "vitest";
import {
  databaseOptions,
  exportDirectory,
  filledIn,
  sendingOptions,
  UnusableSetting,
} from "../src/environment.ts";
import { connect, type TestClient } from "../workbench/client.ts";

test("a blank variable, and a placeholder that nobody filled in, count as not set", () => {
  expect(
    filledIn({
      DATABASE_URL: "${user_config.database}",
      OUTREACH_TIMEZONE: " ${TZ} ",
      OUTREACH_DATA_DIR: "",
      OUTREACH_TEMPLATES: "   ",
      OUTREACH_ACTOR: '"${user_config.actor}"',
      BREVO_API_KEY: " key ",
      OTHER: undefined,
    }),
  ).toEqual({ BREVO_API_KEY: "key" });
  expect(
    databaseOptions({
      DATABASE_URL: "${user_config.database}",
      OUTREACH_DATA_DIR: "${user_config.folder}",
      OUTREACH_TIMEZONE: "${user_config.timezone}",
      OUTREACH_READ_ONLY: "${user_config.read_only}",
    }),
  ).toEqual({
    url: undefined,
    dataDirectory: undefined,
    timeZone: undefined,
    readOnly: false,
    actor: userInfo().username,
  });
  expect(sendingOptions({ OUTREACH_CONFIRM: "${user_config.confirm}" })).toMatchObject({
    isConfirmedByAssistant: false,
  });
});

describe("yes and no", () => {
  const readOnly = (OUTREACH_READ_ONLY: string) => databaseOptions({ OUTREACH_READ_ONLY }).readOnly;

  test.each(["1", "true", "TRUE", "yes", "Y", "on", " On "])("%o is a yes", (word) => {
    expect(readOnly(word)).toBe(true);
  });
  test.each(["0", "false", "no", "n", "OFF", "", " "])("%o is a no", (word) => {
    expect(readOnly(word)).toBe(false);
  });
  test.each(["2", "ja", "read-only", "true false"])("%o is refused", (word) => {
    expect(() => readOnly(word)).toThrow(UnusableSetting);
    expect(() => readOnly(word)).toThrow(
      `OUTREACH_READ_ONLY is ${JSON.stringify(word)}, which says neither yes nor no; set 1 or 0, or leave it out.`,
    );
  });
});

test("OUTREACH_ACTOR says who writes, else the operating system does", () => {
  expect(databaseOptions({ OUTREACH_ACTOR: " Naledi " }).actor).toBe("Naledi");
  expect(databaseOptions({ OUTREACH_ACTOR: "${user_config.actor}" }).actor).toBe(
    userInfo().username,
  );
});

test("another word than assistant in OUTREACH_CONFIRM is refused", () => {
  expect(sendingOptions({ OUTREACH_CONFIRM: "Assistant" }).isConfirmedByAssistant).toBe(true);
  expect(() => sendingOptions({ OUTREACH_CONFIRM: "assistent" })).toThrow(
    /OUTREACH_CONFIRM is "assistent".*assistant.*leave it out/,
  );
});

describe("OUTREACH_DATA_DIR", () => {
  const folder = (OUTREACH_DATA_DIR: string) =>
    databaseOptions({ OUTREACH_DATA_DIR }).dataDirectory;

  test("may be written as a person writes a path", () => {
    const full = path.join(path.parse(process.cwd()).root, "data", "my 100% folder");
    expect(folder(full)).toBe(full);
    expect(folder(`"${full}"`)).toBe(full);
    expect(folder(pathToFileURL(full).href)).toBe(full);
    expect(folder("~/outreach")).toBe(path.join(homedir(), "outreach"));
    expect(folder("~")).toBe(homedir());
  });

  test("is one folder whatever way it is written", () => {
    const full = path.join(homedir(), "outreach data");
    for (const written of [
      "~/outreach data",
      '"~/outreach data"',
      "'~/outreach data/'",
      "\u201c~/outreach data\u201d",
      `"${full}"`,
      `${full}${path.sep}`,
      path.join(full, "x") + `${path.sep}..`,
      pathToFileURL(full).href,
      `"${pathToFileURL(full).href}"`,
      pathToFileURL(full).href.replace("file:///", "file:/"),
      `  ${full} `,
    ]) {
      expect(folder(written), written).toBe(full);
    }
  });

  test("of another machine is refused", () => {
    expect(() => folder("file://server/share")).toThrow(UnusableSetting);
  });

  test.each(["some/folder", ".", "${HOME}/folder"])(
    "%s would be another folder wherever a program starts, and is refused",
    (relative) => {
      expect(() => folder(relative)).toThrow(
        /OUTREACH_DATA_DIR is ".*", which is not a full path.*one database.*Give the full path/,
      );
      expect(() => folder(relative)).toThrow(
        `started here it would be ${JSON.stringify(path.resolve(relative))}.`,
      );
    },
  );
});

test("OUTREACH_EXPORT_DIR is a full path, or not set", () => {
  const folder = (OUTREACH_EXPORT_DIR: string) => exportDirectory({ OUTREACH_EXPORT_DIR });
  expect(folder("~/Exports")).toBe(path.join(homedir(), "Exports"));
  expect(folder("${user_config.exports}")).toBeUndefined();
  expect(() => folder("Exports")).toThrow(
    /OUTREACH_EXPORT_DIR is "Exports", which is not a full path.*Give the full path/,
  );
});

test("OUTREACH_TEMPLATES may be written in the same ways", () => {
  const file = (OUTREACH_TEMPLATES: string) => sendingOptions({ OUTREACH_TEMPLATES }).templatesFile;
  const full = path.join(homedir(), "my templates.json");
  for (const written of ["~/my templates.json", `'${full}'`, pathToFileURL(full).href]) {
    expect(file(written), written).toBe(full);
  }
  expect(file("mine.json")).toBe(path.resolve("mine.json"));
});

describe("a server whose environment cannot be read", () => {
  let client: TestClient | undefined;
  afterEach(() => client?.close());

  test.each(["outreach", "import"] as const)(
    "answers, and says so in each call: %s",
    async (server) => {
      client = await connect({
        server,
        env: { OUTREACH_READ_ONLY: "2", DATABASE_URL: "postgres://127.0.0.1:1/none" },
      });
      const tools = (await client.tools()) as { name: string; annotations: object }[];
      expect(tools.length).toBeGreaterThan(0);
      for (const { name, annotations } of tools) {
        expect(annotations, name).toMatchObject({ readOnlyHint: true });
      }
      const [tool, args] =
        server === "outreach"
          ? ["list_events", {}]
          : ["validate_import_data", { file_path: "/nowhere.csv", import_type: "walkup" }];
      expect(await client.refused(tool, args as Record<string, unknown>)).toBe(
        'OUTREACH_READ_ONLY is "2", which says neither yes nor no; set 1 or 0, or leave it out. Until then only questions are offered and none is answered: set it right and start this server again.',
      );
      expect(client.stderr()).toContain("OUTREACH_READ_ONLY");
    },
  );
});
