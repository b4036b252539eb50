import fc from "fast-check";
import { stringify } from "smol-toml";
import { describe, expect, it } from "vitest";
import { changed } from "../../src/cli/connect/format.ts";
import { JSON_FORMAT } from "../../src/cli/connect/json.ts";
import { TOML_FORMAT } from "../../src/cli/connect/toml.ts";

const ENTRY = { command: "node", args: ["a.js"], env: { ZONE: "UTC" } };
const inJson = (text: string, entry: typeof ENTRY | null = ENTRY) =>
  changed(JSON_FORMAT, text, "mcpServers", "ours", entry);
const inToml = (text: string, entry: typeof ENTRY | null = ENTRY) =>
  changed(TOML_FORMAT, text, "mcp_servers", "ours", entry);

describe("an entry put into JSON", () => {
  it("stands at the end, in the file's own layout, and leaves comments where they are", () => {
    const text = '{\n\t"mcpServers": {\n\t\t"a": {} // about a\n\t\t// the end\n\t}\n}\n';
    expect(inJson(text)).toBe(
      '{\n\t"mcpServers": {\n\t\t"a": {}, // about a\n\t\t// the end\n\t\t"ours": {\n\t\t\t"command": "node",\n\t\t\t"args": [\n\t\t\t\t"a.js"\n\t\t\t],\n\t\t\t"env": {\n\t\t\t\t"ZONE": "UTC"\n\t\t\t}\n\t\t}\n\t}\n}\n',
    );
  });

  it.each([
    ["one line", '{"x":1,"mcpServers":{"a":{}}}'],
    ["space on one line", '{ "mcpServers": { "a": {} } }\n'],
    ["an object on one line", '{\n  "mcpServers": { "a": {} },\n  "z": 1\n}\n'],
    ["a comma at the end", '{\n  "mcpServers": {\n    "a": {}, /* , */ // x\n  },\n}'],
    [
      "a comment before the comma",
      '{\n  "mcpServers": {\n    "a": {} /* , */,\n    "b": {}\n  }\n}',
    ],
    ["line ends of Windows", '{\r\n  "mcpServers": {\r\n    "a": {}\r\n  }\r\n}\r\n'],
    ["only a comment inside", '{\n  "mcpServers": {\n    // none yet\n  }\n}\n'],
  ])("goes again without a trace: %s", (_, text) => {
    const added = inJson(text);
    expect(added).not.toBe(text);
    expect(inJson(added, null)).toBe(text);
  });

  it.each([
    "",
    " \n",
    "{}",
    "{ }\n",
    '{"mcpServers":{}}',
    "// mine\n",
    '{"a":1}',
    '{\n  "a": 1, // x\n}',
  ])("makes what is not there yet: %j", (text) => {
    const added = inJson(text);
    expect(JSON_FORMAT.read(added)).toMatchObject({ mcpServers: { ours: ENTRY } });
    expect(JSON_FORMAT.read(inJson(added, null))).toEqual({
      ...JSON_FORMAT.read(text),
      mcpServers: {},
    });
  });

  it("takes the place of a former one among others", () => {
    const text = '{ "mcpServers": {\n  "ours": { "old": 1 }, // ours\n  "b": {} // b\n} }';
    const added = inJson(text);
    expect(added).toMatch(
      /^\{ "mcpServers": \{\n {2}"ours": \{\n[^]*\}, \/\/ ours\n {2}"b": \{\} \/\/ b\n\} \}$/u,
    );
    expect(inJson(added, null)).toBe('{ "mcpServers": {\n // ours\n  "b": {} // b\n} }');
  });
});

describe("an entry put into TOML", () => {
  const BEFORE =
    'a = """\n[mcp_servers.x]\n"""\n\n[mcp_servers.other] # other\nargs = [\n  "y", # yes\n]\n';
  const AFTER = "\n# about the tail\n[tail]\nz = 2026-01-01 # last\n";

  it("stands at the end and goes again without a trace", () => {
    for (const text of [BEFORE + AFTER, (BEFORE + AFTER).replaceAll("\n", "\r\n"), "# only\n"]) {
      const added = inToml(text);
      expect(added.startsWith(text)).toBe(true);
      expect(added).toContain("[mcp_servers.ours.env]");
      expect(inToml(added, null)).toBe(text);
    }
    expect(inToml("")).toMatch(/^\[mcp_servers\.ours\]/u);
  });

  it.each([
    "[mcp_servers.ours]\ncommand = 'old' # old\n\n[mcp_servers.ours.env]\nX = '1'\n",
    '  [ mcp_servers . "ours" ]\n# inside\nargs = [\n  "x",\n]\n',
    "[mcp_servers.ours.env]\nX = '1'\n[mcp_servers.ours]\ncommand = 'old'\n",
  ])("takes the place of a former one between others: %j", (ours) => {
    const added = inToml(BEFORE + ours + AFTER);
    expect(added.startsWith(BEFORE)).toBe(true);
    expect(added).toContain(AFTER);
    expect(TOML_FORMAT.read(added)).toMatchObject({ mcp_servers: { ours: ENTRY } });
    expect(inToml(BEFORE + ours + AFTER, null)).toBe(BEFORE + AFTER);
  });

  it.each([
    "mcp_servers = { other = { command = 'x' } }\n",
    "[mcp_servers]\nours = { command = 'x' }\n",
    "mcp_servers.ours.command = 'x'\n",
    "[mcp_servers.ours]\ncommand = '''\n[a]\n'''\n",
  ])("is refused where the text keeps servers in another form: %j", (text) => {
    expect(() => inToml(text)).toThrow(/is not TOML|in a form that is not changed safely/u);
  });
});

/** Settings of any content and names, with at least one server. */
const settings = (key: string) => {
  const name = fc
    .string({ unit: "grapheme" })
    .filter((one) => !["ours", "__proto__"].includes(one));
  const value = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.boolean(),
    fc.integer(),
    fc.array(fc.string()),
    fc.dictionary(name, fc.string(), { maxKeys: 3 }),
  );
  const servers = fc.dictionary(name, fc.dictionary(name, value), { minKeys: 1, maxKeys: 4 });
  return fc
    .tuple(fc.dictionary(name, value, { maxKeys: 4 }), servers)
    .map(([others, own]): Record<string, unknown> => ({ ...others, [key]: own }));
};

describe("whatever stands in a file,", () => {
  it("an entry comes into JSON and goes again without a trace", () => {
    fc.assert(
      fc.property(
        settings("mcpServers"),
        fc.constantFrom("", "  ", "\t", "       "),
        fc.constantFrom("\n", "\r\n"),
        (content, step, eol) => {
          const text = JSON.stringify(content, null, step).replaceAll("\n", eol);
          expect(inJson(inJson(text), null)).toBe(text);
        },
      ),
    );
  });

  it("an entry comes into TOML and goes again without a trace", () => {
    fc.assert(
      fc.property(settings("mcp_servers"), (content) => {
        const text = stringify(content);
        expect(inToml(inToml(text), null).trimEnd()).toBe(text.trimEnd());
      }),
    );
  });
});
