import { access, constants, stat } from "node:fs/promises";
import path from "node:path";
import { look } from "../../database/commands.ts";
import type { Queryable } from "../../database/connect.ts";
import { embeddedStatus, tryPrograms } from "../../database/embedded/index.ts";
import { migrationState } from "../../database/migrate.ts";
import { namedZone } from "../connect/variables.ts";
import { type NamedPlace, placeOf } from "../which_database.ts";
import { type Finding, finding } from "./finding.ts";
import { ownCommand } from "../../own_command.ts";

/**
 * Looks at what makes the database, at the database itself, and at the time zone; starts none.
 *
 * @param environment without settings that nothing can be read of
 */
export async function lookAtDatabase(environment: NodeJS.ProcessEnv): Promise<Finding[]> {
  const place = placeOf(environment);
  const isZoneNamed = environment.OUTREACH_TIMEZONE !== undefined;
  const parts = await Promise.all([
    ...("dataDirectory" in place
      ? [
          finding("PostgreSQL", async () => {
            const says = `The bundled PostgreSQL ${await tryPrograms()} runs here.`;
            return [{ name: "PostgreSQL", state: "ok", says }];
          }),
          finding("Data folder", () => lookAtFolder(place.dataDirectory)),
        ]
      : []),
    finding("Database", async () => {
      const { findings, stored } = await lookInside(place);
      // Of a database that is broken nothing can be said of what it stores.
      const isBroken = findings.some(({ state }) => state === "broken");
      return isZoneNamed || isBroken ? findings : [...findings, storedZoneFinding(stored)];
    }),
  ]);
  return parts.flat();
}

async function lookAtFolder(folder: string): Promise<Finding[]> {
  const name = "Data folder";
  const rights = constants.R_OK | constants.W_OK | constants.X_OK;
  for (let place = folder; ; place = path.dirname(place)) {
    const there = await stat(place).catch(() => null);
    if (there === null && place !== path.dirname(place)) continue;
    const mayWrite = await access(place, rights).then(
      () => true,
      () => false,
    );
    if (!mayWrite) {
      const says = `This user may not read and write ${place}. Change its permissions, or choose another folder with OUTREACH_DATA_DIR.`;
      return [{ name, state: "broken", says }];
    }
    if (place !== folder) return [{ name, state: "ok", says: `${folder}, which is not made yet.` }];
    // Windows keeps rights elsewhere; the folders of a user are closed to others there.
    const isOpen = process.platform !== "win32" && ((there?.mode ?? 0) & 0o022) !== 0;
    return isOpen
      ? [{ name, state: "note", says: `Others can write to ${folder}; \`chmod go-w\` ends that.` }]
      : [{ name, state: "ok", says: `${folder}, which this user may read and write.` }];
  }
}

/** Looks at the time zone that the environment names, if it does. */
export async function lookAtZone(environment: NodeJS.ProcessEnv): Promise<Finding[]> {
  return finding("Time zone", () => {
    const zone = namedZone(environment);
    const says = `${zone ?? ""}, by OUTREACH_TIMEZONE.`;
    return Promise.resolve(zone === undefined ? [] : [{ name: "Time zone", state: "ok", says }]);
  });
}

async function lookInside(
  place: NamedPlace,
): Promise<{ findings: Finding[]; stored: string | null }> {
  const name = "Database";
  const here = place.name.charAt(0).toUpperCase() + place.name.slice(1);
  if ("dataDirectory" in place) {
    const { state, detail } = await embeddedStatus({ dataDirectory: place.dataDirectory });
    const why = detail === undefined ? "" : ` ${detail}`;
    if (state === "broken") {
      return { findings: [{ name, state: "broken", says: `${here}.${why}` }], stored: null };
    }
    if (state !== "running" || detail !== undefined) {
      const says = {
        absent: "Not made yet; the first use makes it.",
        stopped: "Not running; the next use starts it.",
        running: `Running.${why}`,
      }[state];
      return { findings: [{ name, state: "ok", says }], stored: null };
    }
  }
  const found = await look(place, async (sql) => {
    const findings = [await describe(sql, place, here)];
    return { findings, stored: await storedZone(sql) };
  });
  return { findings: found?.findings ?? [], stored: found?.stored ?? null };
}

async function describe(sql: Queryable, place: NamedPlace, here: string): Promise<Finding> {
  const name = "Database";
  const [server] = await sql<{ version: string | null }[]>`
    SELECT current_setting('server_version')::text AS version`;
  const { applied, pending, unknown } = await migrationState(sql);
  const reached = `${here}, PostgreSQL ${server?.version ?? "of an unknown version"}`;
  if (unknown.length > 0) {
    const says = `${reached}: a newer version of event-outreach migrated it (it has ${unknown.join(", ")}); update this one.`;
    return { name, state: "broken", says };
  }
  if (pending.length === 0) {
    return { name, state: "ok", says: `${reached}, ${applied.length} migrations, none pending.` };
  }
  const count = `${pending.length} of ${applied.length + pending.length} migrations pending`;
  return "dataDirectory" in place
    ? { name, state: "note", says: `${reached}, ${count}; the next use applies them.` }
    : { name, state: "broken", says: `${reached}, ${count}: run \`${ownCommand("migrate")}\`.` };
}

async function storedZone(sql: Queryable): Promise<string | null> {
  const [table] = await sql<{ exists: boolean }[]>`
    SELECT to_regclass('outreach.settings') IS NOT NULL AS exists`;
  if (!table?.exists) return null;
  const [settings] = await sql<{ time_zone: string | null }[]>`
    SELECT time_zone FROM outreach.settings`;
  return settings?.time_zone ?? null;
}

function storedZoneFinding(stored: string | null): Finding {
  const name = "Time zone";
  if (stored !== null) return { name, state: "ok", says: `${stored}, stored with the data.` };
  const own = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  return { name, state: "ok", says: `That of this machine, ${own}, will be stored with the data.` };
}
