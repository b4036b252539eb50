import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { statSync, symlinkSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, test, type TestContext } from "vitest";
import { ToolError } from "../../src/mcp/errors.ts";
import { downloads } from "../../src/taking_away/downloads.ts";
import { type Format, placeFor, writeNewFile } from "../../src/taking_away/new_file.ts";
import { skip } from "../support/skip.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "event-outreach-files-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function* pieces(...held: (string | Error)[]) {
  await Promise.resolve();
  for (const piece of held) {
    if (piece instanceof Error) throw piece;
    yield piece;
  }
}

async function written(given?: string, format: Format = "csv", ...held: (string | Error)[]) {
  const wanted = { name: "Who was sent what 2026-11-28", given, format };
  const place = await placeFor(wanted, () => folder);
  return writeNewFile(place, pieces(...(held.length === 0 ? ["a,b\r\n", "1,ü\r\n"] : held)));
}

test("a file is readable by its owner only, and the next of its name is numbered", async () => {
  const one = await written();
  expect(one).toEqual({
    path: path.join(folder, "Who was sent what 2026-11-28.csv"),
    format: "csv",
    bytes: 11,
  });
  expect(readFileSync(one.path, "utf8")).toBe("a,b\r\n1,ü\r\n");
  expect(statSync(one.path).mode & 0o777).toBe(0o600);
  const both = await Promise.all([written(), written()]);
  expect(both.map((file) => path.basename(file.path)).sort()).toEqual([
    "Who was sent what 2026-11-28 (2).csv",
    "Who was sent what 2026-11-28 (3).csv",
  ]);
  expect(readdirSync(folder)).toHaveLength(3);
});

test("a path is taken as people write it", async () => {
  mkdirSync(path.join(folder, "for the committee"));
  const at = async (given: string) => path.relative(folder, (await written(given)).path);
  expect(await at("people.csv")).toBe("people.csv");
  expect(await at(`"${path.join(folder, "quoted.csv")}"`)).toBe("quoted.csv");
  expect(await at(pathToFileURL(path.join(folder, "of a URL.csv")).href)).toBe("of a URL.csv");
  expect(await at("no ending")).toBe("no ending.csv");
  expect(await at("LOUD.CSV")).toBe("LOUD.csv");
  const inFolder = path.join("for the committee", "Who was sent what 2026-11-28.csv");
  expect(await at("for the committee")).toBe(inFolder);
  const own = await placeFor({ name: "x", given: "~", format: "csv" }, () => folder);
  expect(own).toMatchObject({ folder: homedir(), stem: "x" });
});

test("what cannot be is refused in words, and nothing is written", async () => {
  const there = path.join(folder, "there.csv");
  writeFileSync(there, "kept");
  symlinkSync(path.join(folder, "nowhere"), path.join(folder, "link.csv"));
  const refused = async (given: string, format: Format = "csv") => {
    const error: unknown = await written(given, format).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ToolError);
    return (error as ToolError).message.replaceAll(folder, "FOLDER");
  };
  expect(await refused(there)).toBe(
    "There is a file at FOLDER/there.csv already, and none is ever replaced; give another name.",
  );
  expect(await refused("there")).toContain("There is a file at FOLDER/there.csv already");
  expect(await refused("link.csv")).toContain("There is a file at FOLDER/link.csv already");
  expect(await refused("people.xlsx")).toBe(
    "file_path must end in .csv, as format says; FOLDER/people.xlsx ends in .xlsx.",
  );
  expect(await refused("start.sh", "json")).toContain("must end in .json");
  expect(await refused("no/such/people.csv")).toBe(
    "There is no folder FOLDER/no/such; make it, or name another.",
  );
  expect(await refused("there.csv/people.csv")).toContain("There is no folder FOLDER/there.csv");
  expect(await refused(`${"x".repeat(300)}.csv`)).toContain("is longer than a name may be");
  expect(readdirSync(folder).sort()).toEqual(["link.csv", "there.csv"]);
  expect(readFileSync(there, "utf8")).toBe("kept");
});

test("a file that somebody makes meanwhile is not replaced", async () => {
  const place = await placeFor({ name: "", given: "people.csv", format: "csv" }, () => folder);
  writeFileSync(path.join(folder, "people.csv"), "kept");
  await expect(writeNewFile(place, pieces("lost"))).rejects.toThrow("There is a file at");
  expect(readdirSync(folder)).toEqual(["people.csv"]);
  expect(readFileSync(path.join(folder, "people.csv"), "utf8")).toBe("kept");
});

test("nothing is left of a file that cannot be finished", async () => {
  const lost = Object.assign(new Error("lost"), { code: "EPIPE", syscall: "write" });
  await expect(written("half.csv", "csv", "a,b\r\n", lost)).rejects.toBe(lost);
  expect(readdirSync(folder)).toEqual([]);
});

test("a file has a largest size", async () => {
  const place = await placeFor({ name: "x", given: undefined, format: "csv" }, () => folder);
  const much = pieces("x".repeat(1024 ** 2), "x");
  await expect(writeNewFile(place, much, 1024 ** 2)).rejects.toThrow(
    "The file would be larger than 1 MB; narrow what goes into it.",
  );
  expect(readdirSync(folder)).toEqual([]);
});

test("a disk without room and one that takes no writes are said", async (context) => {
  mount(context, "size=16k");
  try {
    await expect(written("much.csv", "csv", "x".repeat(100_000))).rejects.toThrow(
      `There is no room left for the file in ${folder}; make some.`,
    );
    expect(readdirSync(folder)).toEqual([]);
  } finally {
    spawnSync("umount", [folder]);
  }
  mount(context, "ro");
  try {
    await expect(written()).rejects.toThrow(
      `This user may not write in ${folder}; name another folder.`,
    );
  } finally {
    spawnSync("umount", [folder]);
  }
});

test("a folder without rights is said", async (context) => {
  if (process.getuid?.() === 0) skip(context, "root may write anywhere");
  chmodSync(folder, 0o500);
  await expect(written()).rejects.toThrow("This user may not write in");
});

test("names that strangers chose make no paths", async () => {
  const name = "../../etc/passwd: \u202e<b>\u0000".padEnd(400, "é");
  const place = await placeFor({ name, given: undefined, format: "html" }, () => folder);
  const file = await writeNewFile(place, pieces("x"));
  expect(path.dirname(file.path)).toBe(folder);
  expect(path.basename(file.path)).toMatch(/^etc passwd b é+\.html$/u);
});

test("without a folder of one's own choice, files go where downloads do", () => {
  const before = { HOME: process.env["HOME"], XDG: process.env["XDG_CONFIG_HOME"] };
  try {
    process.env["HOME"] = folder;
    Reflect.deleteProperty(process.env, "XDG_CONFIG_HOME");
    expect(downloads()).toBe(path.join(folder, "Downloads"));
    expect(readdirSync(folder)).toEqual(["Downloads"]);
    if (process.platform !== "linux") return;
    mkdirSync(path.join(folder, ".config"));
    mkdirSync(path.join(folder, "Laai af"));
    const said = (line: string) => {
      writeFileSync(path.join(folder, ".config", "user-dirs.dirs"), `# made by hand\n${line}\n`);
      return path.relative(folder, downloads());
    };
    expect(said('XDG_DOWNLOAD_DIR="$HOME/Laai af"')).toBe("Laai af");
    expect(said('XDG_DOWNLOAD_DIR="$HOME/"')).toBe("Downloads");
    expect(said('XDG_DOWNLOAD_DIR="$HOME/gone"')).toBe("Downloads");
  } finally {
    for (const [name, value] of [
      ["HOME", before.HOME],
      ["XDG_CONFIG_HOME", before.XDG],
    ] as const) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
  }
});

/** Mounts a file system in memory on the folder, where this may be done. */
function mount(context: TestContext, options: string): void {
  const { status } = spawnSync("mount", ["-t", "tmpfs", "-o", options, "none", folder]);
  if (status !== 0) skip(context, "this user may not mount a small disk");
}
