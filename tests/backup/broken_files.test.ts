import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { BackupFailed } from "../../src/database/backup/errors.ts";
import { type Contents, readBackup } from "../../src/database/backup/reading.ts";
import { skip } from "../support/skip.ts";
import { altered, backupOf, empty, filled, newFile, restoreInto } from "./helpers.ts";

let made: { bytes: Buffer; whole: Contents } | undefined;

/** A backup, and what it is read as. */
async function aBackup() {
  if (made) return made;
  const file = await backupOf(await filled());
  return (made = { bytes: await readFile(file), whole: await readBackup(file) });
}

async function fileOf(content: Buffer | string): Promise<string> {
  const file = await newFile();
  await writeFile(file, content);
  return file;
}

test("a backup is read to its end, and told what it holds", async () => {
  const { whole } = await aBackup();
  expect(whole.header).toMatchObject({ event_outreach_backup: 1, program: "1.0.0" });
  expect(whole.header.schema).toContain("033");
  expect(whole.tables.map(({ schema, name }) => `${schema}.${name}`)).toEqual(
    expect.arrayContaining(["public.contacts", "outreach.changes", "dbmate.schema_migrations"]),
  );
});

test("cut anywhere, it is broken", async () => {
  const { bytes } = await aBackup();
  for (let part = 0; part < 40; part += 1) {
    const cut = bytes.subarray(0, Math.floor((bytes.length * part) / 40));
    await expect(readBackup(await fileOf(cut)), String(part)).rejects.toThrow(BackupFailed);
  }
  const short = await fileOf(bytes.subarray(0, -1));
  await expect(readBackup(short)).rejects.toThrow(
    `${short} is no whole backup: its end is missing.`,
  );
});

test("with a bit turned anywhere, it is broken or reads the same", async () => {
  const { bytes, whole } = await aBackup();
  let broken = 0;
  for (let n = 0; n < 120; n += 1) {
    const turned = Buffer.from(bytes);
    const at = n < 20 ? n : Math.floor((bytes.length * n) / 120);
    turned[at] = turned[at]! ^ (1 << (n % 8));
    const read = await readBackup(await fileOf(turned)).catch((error: unknown) => error);
    if (read instanceof BackupFailed) broken += 1;
    else expect(read, `byte ${String(at)}`).toEqual(whole);
  }
  expect(broken).toBeGreaterThan(100);
});

describe("what is no backup is refused in a sentence:", () => {
  test.each([
    ["nothing", Buffer.alloc(0), /: (?:it is empty|its end is missing)\.$/u],
    ["an empty archive", gzipSync(""), /: it is empty\.$/u],
    [
      "another archive",
      gzipSync("id,name\n1,Thandiwe\n"),
      /: it was not made by event-outreach, /u,
    ],
    ["a long line", gzipSync("x".repeat(5_000_000)), /: it was not made by event-outreach, /u],
    ["text", "id,name\n1,Thandiwe\n", /: it was damaged, or is none\.$/u],
  ])("%s", async (_, content, sentence) => {
    const file = await fileOf(content);
    const refusal = await readBackup(file).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(BackupFailed);
    expect((refusal as Error).message).toMatch(sentence);
  });

  test("no file, a folder, a file of others", async (context) => {
    const file = await newFile();
    await expect(readBackup(file)).rejects.toThrow(`There is no ${file}.`);
    await mkdir(file);
    await expect(readBackup(file)).rejects.toThrow(`${file} is a folder, not a file.`);
    if (process.getuid?.() === 0) {
      skip(context, "nothing is closed to root");
      return;
    }
    const closed = await fileOf((await aBackup()).bytes);
    await chmod(closed, 0);
    await expect(readBackup(closed)).rejects.toThrow(`This user may not read or write ${closed}.`);
  });
});

test("changed by hand and packed again, it is broken and nothing of it is restored", async () => {
  const file = await fileOf((await aBackup()).bytes);
  for (const [change, sentence] of [
    [(text: string) => text.replace("Thabo", "Thabi"), /a row of \w+\.\w+ was changed\.$/u],
    [
      (text: string) => text.replace(/^(\d+\t.*\n)(?=\\\.\n)/mu, ""),
      /should have \d+ rows and has \d+\.$/u,
    ],
    [(text: string) => text.replace(/-- \{"tables.*\n$/u, ""), /its end is missing\.$/u],
    [
      (text: string) => text.replace(/^-- .*"contact_roles"[^]*?^-- .*\n/mu, ""),
      /tables of it are missing\.$/u,
    ],
    [(text: string) => `${text}more\n`, /there is more after its end\.$/u],
    [(text: string) => text.replace(/^-- \{"schema"/mu, "-- {"), /a line of it cannot be read\.$/u],
  ] as const) {
    const copy = await altered(file, change);
    await expect(readBackup(copy), String(sentence)).rejects.toThrow(sentence);
    const target = await empty();
    await expect(restoreInto(target, copy)).rejects.toThrow(BackupFailed);
    expect(await target.sql`SELECT to_regclass('public.contacts') AS made`).toEqual([
      { made: null },
    ]);
  }
});
