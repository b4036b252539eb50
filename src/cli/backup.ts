import { BackupFailed } from "../database/backup/errors.ts";
import { makeBackup } from "../database/backup/making.ts";
import { type Contents, readBackup } from "../database/backup/reading.ts";
import { HoldsRows, restorable, restoreBackup } from "../database/backup/restoring.ts";
import { withUrl } from "../database/commands.ts";
import { embeddedStatus } from "../database/embedded/index.ts";
import { counted, numbered } from "../words/counts.ts";
import { personsPath } from "../words/paths.ts";
import type { NamedPlace } from "./which_database.ts";

/**
 * Makes a backup of a database.
 *
 * @param file as a person writes it; undefined: one with the time in its name, in the current folder
 * @returns what was done, in lines of plain text
 * @throws BackupFailed
 */
export async function backUp(place: NamedPlace, file: string | undefined): Promise<string[]> {
  if ("dataDirectory" in place) {
    const { state } = await embeddedStatus({ dataDirectory: place.dataDirectory });
    if (state === "absent") {
      throw new BackupFailed(`There is nothing to back up yet: ${place.name} was never used.`);
    }
  }
  const target = personsPath(file ?? `event-outreach-${timeForName()}.sql.gz`);
  const { tables, rows } = await withUrl(place, (url) => makeBackup({ url, file: target }));
  return [
    `Wrote ${target}: ${amount(tables, rows)} of ${place.name}, as they were at one moment.`,
    "It can be read by you alone, and holds people's names and addresses: keep it as you keep the record.",
  ];
}

/**
 * Reads a backup to its end and compares it with its checksums.
 *
 * @returns what it holds, in lines of plain text
 * @throws BackupFailed where it is broken
 */
export async function verify(file: string): Promise<string[]> {
  const target = personsPath(file);
  const { header, tables } = await readBackup(target);
  const held = tables.filter(({ rows }) => rows > 0);
  const width = Math.max(0, ...held.map(({ rows }) => numbered(rows).length));
  return [
    `${target} is whole: ${amountOf(tables)}.`,
    `Made ${header.made_at} by event-outreach ${header.program}, from PostgreSQL ${header.server}${lastMigration(header.schema)}`,
    "Rows:",
    ...held.map(
      ({ schema, name, rows }) =>
        `  ${numbered(rows).padStart(width)} ${schema === "public" ? name : `${schema}.${name}`}`,
    ),
  ];
}

/**
 * Puts what a backup holds into a database; the bundled one is made if need be.
 *
 * @returns what was done, in lines of plain text
 * @throws BackupFailed where the backup is broken, or the database holds rows and `force` is not given
 */
export async function restore(place: NamedPlace, file: string, force: boolean): Promise<string[]> {
  const target = personsPath(file);
  // Before a database is made for it.
  const contents = await restorable(target);
  try {
    const { replaced, made, applied } = await withUrl(place, (url) =>
      restoreBackup({ url, file: target, contents, force }),
    );
    return [
      ...(replaced.length > 0 ? [`Replaced: ${listed(replaced)}`] : []),
      `Restored ${amountOf(contents.tables)} into ${place.name}; every table was compared with the backup.`,
      ...(made.length > 0
        ? [
            `Made with names and types only, as event-outreach knows no more of what it did not make: ${made.join(", ")}`,
          ]
        : []),
      ...applied.map((migration) => `Applied ${migration}`),
    ];
  } catch (error) {
    if (!(error instanceof HoldsRows)) throw error;
    throw new BackupFailed(
      `Nothing was restored, as ${place.name} holds rows that would be lost: ${listed(error.tables)}. Make a backup of it, then run restore again with --force to replace them.`,
      { cause: error },
    );
  }
}

function timeForName(): string {
  return new Date().toISOString().replace(/\.\d+/u, "").replaceAll(":", "-");
}

function amountOf(tables: Contents["tables"]): string {
  return amount(
    tables.length,
    tables.reduce((sum, { rows }) => sum + rows, 0),
  );
}

function amount(tables: number, rows: number): string {
  return `${counted(tables, "table")}, ${numbered(rows)} ${rows === 1 ? "row" : "rows"}`;
}

function listed(tables: { name: string; rows: number }[]): string {
  return tables.map(({ name, rows }) => `${numbered(rows)} in ${name}`).join(", ");
}

function lastMigration(schema: readonly string[]): string {
  const last = schema.at(-1);
  return last === undefined ? ", before any migration" : `, at migration ${last}`;
}
