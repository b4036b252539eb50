import {
  chmod,
  chown,
  lstat,
  mkdir,
  readdir,
  readFile,
  rename,
  symlink,
  writeFile,
} from "node:fs/promises";
import path from "node:path";
import { parse as parseJson } from "jsonc-parser";
import { parse as parseToml } from "smol-toml";
import { expect, describe, it } from "vitest";
import { CLIENTS } from "../../src/cli/connect/clients.ts";
import { isRoot, NOBODY } from "../embedded/helpers.ts";
import { homeWith, PROGRAM, SETTINGS } from "./homes.ts";

const ALL = Object.keys(SETTINGS);
const KEY = "xkeysib-0123456789abcdef-made-up";
const ENV = { OUTREACH_TIMEZONE: "Africa/Johannesburg", BREVO_API_KEY: KEY };

/** The servers in a client's settings, read without our own code. */
function serversOf(client: string, text: string): Record<string, any> {
  const bare = text.replace(/^\uFEFF/u, "");
  const settings: Record<string, any> | undefined =
    client === "codex" ? parseToml(bare) : parseJson(bare);
  const key = client === "vscode" ? "servers" : client === "codex" ? "mcp_servers" : "mcpServers";
  return settings?.[key] ?? {};
}

describe("connect, to seven clients with settings of their own,", () => {
  it("adds one entry to each with full paths, and takes it out again to the last byte", async () => {
    const home = await homeWith(ALL);
    const connected = await home.run(["connect", "--yes"], { env: ENV });
    expect(connected).toMatchObject({ code: 0, errors: "" });
    expect(connected.output).not.toContain(KEY);
    for (const client of ALL) {
      const { "event-outreach": entry, ...others } = serversOf(client, await home.text(client));
      expect(entry).toEqual({
        command: process.execPath,
        args: [PROGRAM],
        env: ENV,
        ...(["vscode", "claude-code"].includes(client) && { type: "stdio" }),
      });
      expect(others).toEqual(serversOf(client, SETTINGS[client]!));
      for (const comment of SETTINGS[client]!.match(/(?:\/\/|#|\/\*).*/gu) ?? [])
        expect(await home.text(client)).toContain(comment);
      expect((await lstat(home.file(client))).mode & 0o077).toBe(0);
      const beside = await readdir(path.dirname(home.file(client)));
      const copies = beside.filter((name) =>
        name.startsWith(`${path.basename(home.file(client))}.`),
      );
      expect(copies).toHaveLength(1);
    }
    const again = await home.run(["connect", "--yes"]);
    expect(again.output.match(/is connected already/gu)).toHaveLength(7);

    const removed = await home.run(["connect", "--remove", "--yes"]);
    expect(removed).toMatchObject({ code: 0, errors: "" });
    for (const client of ["cursor", "vscode", "codex"])
      expect([client, await home.text(client)]).toEqual([client, SETTINGS[client]]);
    for (const client of ALL)
      expect(serversOf(client, await home.text(client))).toEqual(
        serversOf(client, SETTINGS[client]!),
      );
  });

  it("keeps line ends of Windows, byte order mark, comments and other servers in each", async () => {
    const home = await homeWith([]);
    const texts = Object.fromEntries(
      ALL.map((client) => {
        const comment = client === "codex" ? "# mine" : "// mine";
        const own = SETTINGS[client]!.replace(/^\uFEFF/u, "") || '{ "mcpServers": { "a": {} } }\n';
        const lines = `${comment}\n${own}`.replaceAll("\r\n", "\n").replaceAll("\n", "\r\n");
        return [client, `\uFEFF${lines}`];
      }),
    );
    for (const client of ALL) await home.put(client, texts[client]!);
    expect(await home.run(["connect", "--yes"])).toMatchObject({ code: 0 });
    for (const client of ALL) {
      const text = await home.text(client);
      const { "event-outreach": entry, ...others } = serversOf(client, text);
      expect([client, entry?.args]).toEqual([client, [PROGRAM]]);
      expect(others).toEqual(serversOf(client, texts[client]!));
      expect(text.startsWith("\uFEFF")).toBe(true);
      expect(text).toMatch(/(?:#|\/\/) mine\r\n/u);
      expect(text.replaceAll("\r\n", "")).not.toContain("\n");
    }
  });

  it("shows what it would write, and writes nothing by --print", async () => {
    const home = await homeWith(ALL);
    const { code, output } = await home.run(["connect", "--print"], { env: ENV });
    expect(code).toBe(0);
    for (const client of ALL) {
      expect(output).toContain(home.file(client));
      expect(await home.text(client)).toBe(SETTINGS[client]);
    }
    expect(output).toContain(`+ event-outreach: ${process.execPath} ${PROGRAM}`);
    expect(output).toContain("OUTREACH_TIMEZONE=Africa/Johannesburg");
    expect(output).not.toContain(KEY);
  });

  it("asks for zone and key once, and again for what cannot be one; writes after a yes", async () => {
    const home = await homeWith(["cursor", "gemini"]);
    const answers = ["Durban", "Africa/Johannesburg", "no key", KEY, "y"];
    const { code, output } = await home.run(["connect"], { answers });
    expect(code).toBe(0);
    expect(output).toMatch(
      /Time zone[^]*That is no time zone[^]*Brevo API key[^]*cannot be a key/u,
    );
    expect(output).not.toContain(KEY);
    for (const client of ["cursor", "gemini"])
      expect(serversOf(client, await home.text(client))["event-outreach"].env).toEqual(ENV);
    // What one has is proposed for the next.
    await home.put("windsurf", "");
    const next = await home.run(["connect", "windsurf", "cursor"], { answers: ["", "", "yes"] });
    expect(next.code).toBe(0);
    expect(serversOf("windsurf", await home.text("windsurf"))["event-outreach"].env).toEqual(ENV);
  });

  it.each([
    ["n", 0],
    [undefined, 1],
  ])("writes nothing after %s", async (answer, code) => {
    const home = await homeWith(["cursor"]);
    const answers = answer === undefined ? [] : ["", "", answer];
    const ran = await home.run(["connect"], { answers });
    expect(ran).toMatchObject({ code, output: expect.stringContaining("Nothing was written.") });
    expect(await home.text("cursor")).toBe(SETTINGS["cursor"]);
  });

  it("keeps what the organiser set in the entry, and takes over what the terminal sets", async () => {
    const home = await homeWith([]);
    const entry = { command: "old", disabled: true, env: { OUTREACH_ACTOR: "Jo", OTHER: "1" } };
    await home.put("cursor", JSON.stringify({ mcpServers: { "event-outreach": entry } }));
    const env = { DATABASE_URL: "postgres://u:secret@db.example.org/x", OUTREACH_TOOLSETS: "ask" };
    const { output } = await home.run(["connect", "--yes"], { env: { ...ENV, ...env } });
    expect(output).not.toContain("secret");
    expect(serversOf("cursor", await home.text("cursor"))["event-outreach"]).toEqual({
      disabled: true,
      command: process.execPath,
      args: [PROGRAM],
      env: { ...entry.env, ...ENV, ...env },
    });
  });

  it("says which other entries start the same tools", async () => {
    const home = await homeWith([]);
    const args = ["/opt/event-outreach/dist/import.js"];
    await home.put("cursor", JSON.stringify({ mcpServers: { import: { command: "node", args } } }));
    const { output } = await home.run(["connect", "--yes"]);
    expect(output).toContain("Cursor also has import, which starts the same tools");
  });
});

describe("connect leaves alone, and names,", () => {
  it.each([
    ["cursor", '{ "mcpServers": {', /is not JSON \(line 1, column \d+: /u],
    [
      "cursor",
      '{\n  "mcpServers": { "a": }\n}',
      /is not JSON \(line 2, column 24: value expected\)/u,
    ],
    ["gemini", "[]", /holds something else than settings/u],
    ["windsurf", '{"mcpServers": ["a"]}', /has under mcpServers something else than servers/u],
    ["vscode", '{"servers": {}, "servers": {}}', /in a form that is not changed safely/u],
    ["codex", "a = \n", /is not TOML \(line 1, column \d+: /u],
    ["codex", "mcp_servers = { x = {} }\n", /is not TOML|in a form that is not changed safely/u],
  ])("broken settings of %s: %s", async (client, text, sentence) => {
    const home = await homeWith(["claude-desktop"]);
    await home.put(client, text);
    const { code, output, errors } = await home.run(["connect", "--yes"]);
    expect({ code, errors }).toEqual({ code: 1, errors: "" });
    expect(output).toMatch(sentence);
    expect(output).toContain(`${home.file(client)} `);
    expect(await home.text(client)).toBe(text);
    expect(await home.text("claude-desktop")).toContain("event-outreach");
  });

  it("each client's settings where they are cut off", async () => {
    const home = await homeWith([]);
    const cut = (client: string) => (client === "codex" ? "[mcp_servers.a\n" : '{ "servers": {');
    for (const client of ALL) await home.put(client, cut(client));
    const { code, output, errors } = await home.run(["connect", "--yes"]);
    expect({ code, errors }).toEqual({ code: 1, errors: "" });
    for (const client of CLIENTS) {
      expect(output).toContain(`${client.title}: ${home.file(client.name)} is not `);
      expect(await home.text(client.name)).toBe(cut(client.name));
    }
  });

  it("settings that are no UTF-8, or a folder", async () => {
    const home = await homeWith(["windsurf"]);
    await writeFile(home.file("windsurf"), Buffer.from([0xff, 0xfe, 0x7b, 0x00]));
    await mkdir(home.file("cursor"), { recursive: true });
    const { code, output } = await home.run(["connect", "--yes"]);
    expect(code).toBe(1);
    expect(output).toMatch(/Windsurf: .* is not written in UTF-8; it was left alone\./u);
    expect(output).toMatch(/Cursor: .* cannot be read \(it is a folder\); it was left alone\./u);
  });

  it.skipIf(process.platform === "win32")("settings that this user has no right to", async () => {
    const home = await homeWith(ALL);
    const user = isRoot ? NOBODY : undefined;
    const reown = async (place: string) => isRoot && chown(place, NOBODY.uid, NOBODY.gid);
    for (const client of ALL) {
      await reown(home.file(client));
      await reown(path.dirname(home.file(client)));
      await chmod(home.file(client), 0o000);
    }
    const unread = await home.run(["connect", "--yes"], user && { user });
    expect(unread.code).toBe(1);
    for (const { name, title } of CLIENTS) {
      await chmod(home.file(name), 0o600);
      expect(unread.output).toContain(
        `${title}: ${home.file(name)} cannot be read (this user has no right to); it was left alone.`,
      );
    }
    // One whose folder takes no file does not keep the others from theirs.
    const folder = path.dirname(home.file("windsurf"));
    await chmod(folder, 0o500);
    const { code, output } = await home.run(["connect", "--yes"], user && { user });
    await chmod(folder, 0o700);
    expect(code).toBe(1);
    expect(output).toMatch(/Windsurf: .* cannot be written \(this user has no right to\)/u);
    expect(await readdir(folder)).toEqual(["mcp_config.json"]);
    expect(await home.text("windsurf")).toBe(SETTINGS["windsurf"]);
    expect(output).toContain("Gemini CLI: connected.");
    expect(await home.text("gemini")).toContain("event-outreach");
  });
});

describe("connect", () => {
  it("writes through a link and leaves the link", async () => {
    const home = await homeWith(["cursor"]);
    const elsewhere = path.join(home.folder, "dotfiles.json");
    await rename(home.file("cursor"), elsewhere);
    await symlink(elsewhere, home.file("cursor"));
    expect(await home.run(["connect", "--yes"])).toMatchObject({ code: 0 });
    expect((await lstat(home.file("cursor"))).isSymbolicLink()).toBe(true);
    expect(await home.text("cursor")).toContain("event-outreach");
  });

  it("makes the settings of a client that is named and was never used", async () => {
    const home = await homeWith([]);
    const none = await home.run(["connect", "--yes"]);
    expect(none).toMatchObject({
      code: 1,
      output: expect.stringContaining("None of these is here"),
    });
    for (const client of ALL) {
      expect(await home.run(["connect", client, "--yes"], { env: ENV })).toMatchObject({ code: 0 });
      expect(serversOf(client, await home.text(client))["event-outreach"].args).toEqual([PROGRAM]);
    }
  });

  it("refuses a client that it does not know, and a variable that no server could use", async () => {
    const home = await homeWith(["cursor"]);
    expect(await home.run(["connect", "emacs"])).toMatchObject({
      code: 1,
      errors: `There is no client emacs; they are ${CLIENTS.map(({ name }) => name).join(", ")}.\n`,
    });
    const env = { OUTREACH_TOOLSETS: "everything" };
    const { code, errors } = await home.run(["connect", "--yes"], { env });
    expect(code).toBe(1);
    expect(errors).toMatch(/^OUTREACH_TOOLSETS is "everything"/u);
  });

  it.skipIf(process.platform === "win32")(
    "has Claude Code change its own settings where it is on the PATH",
    async () => {
      const home = await homeWith(["claude-code"]);
      const bin = path.join(home.folder, "bin");
      const log = path.join(home.folder, "log");
      await mkdir(bin);
      const script = `#!/bin/sh\necho "$@" >> ${log}\ncat >> ${log}\n`;
      await writeFile(path.join(bin, "claude"), script, { mode: 0o755 });
      const env = { ...ENV, PATH: `${bin}:/usr/bin:/bin` };
      expect(await home.run(["connect", "--yes"], { env })).toMatchObject({ code: 0 });
      const [told, piped] = (await readFile(log, "utf8")).split("\n");
      expect(told).toBe("mcp add-json event-outreach - --scope user");
      expect(JSON.parse(piped!)).toEqual({
        type: "stdio",
        command: process.execPath,
        args: [PROGRAM],
        env: ENV,
      });
      expect(await home.text("claude-code")).toBe(SETTINGS["claude-code"]);

      // One that is too old to read a pipe, or fails otherwise; what was there is kept.
      const servers = { "event-outreach": { command: "old" } };
      await home.put("claude-code", JSON.stringify({ mcpServers: servers, numStartups: 3 }));
      await writeFile(
        path.join(bin, "claude"),
        `#!/bin/sh\n[ "$2" = remove ] && echo '{"numStartups": 4}' > ${home.file("claude-code")}\n`,
      );
      const failed = await home.run(["connect", "--yes"], { env });
      expect(failed).toMatchObject({ code: 0, errors: "" });
      expect(failed.output).not.toContain(KEY);
      const text = await home.text("claude-code");
      expect(JSON.parse(text)).toMatchObject({ numStartups: 4 });
      expect(serversOf("claude-code", text)["event-outreach"]).toMatchObject({ env: ENV });
      const copy = /The old file is kept as (.*)\.\n/u.exec(failed.output)?.[1];
      expect(JSON.parse(await readFile(copy ?? "", "utf8"))).toMatchObject({ mcpServers: servers });
    },
  );
});
