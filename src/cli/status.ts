import { look } from "../database/commands.ts";
import type { Queryable } from "../database/connect.ts";
import { embeddedStatus, type EmbeddedStatus } from "../database/embedded/index.ts";
import { migrationState } from "../database/migrate.ts";
import type { NamedPlace } from "./which_database.ts";
import { ownCommand } from "../own_command.ts";

/**
 * Says in lines of plain text which database is used and what state it is in. Starts and changes nothing.
 *
 * @param zone the time zone that the environment names, which counts before the stored one
 * @throws when a database that should answer does not
 */
export async function statusLines(place: NamedPlace, zone: string | undefined): Promise<string[]> {
  const lines = [`Database: ${place.name}`];
  if ("dataDirectory" in place) {
    const status = await embeddedStatus({ dataDirectory: place.dataDirectory });
    lines.push(...embeddedLines(status), ...sharingLines(status));
    if (status.state !== "running") return lines;
  }
  return [...lines, ...((await look(place, (sql) => contentLines(sql, zone))) ?? [])];
}

function embeddedLines({ state, detail, version, users }: EmbeddedStatus): string[] {
  const because = detail === undefined ? "" : ` (${detail})`;
  switch (state) {
    case "absent":
      return ["State: not made yet; the first use makes it"];
    case "stopped":
      return [
        `State: stopped, PostgreSQL ${version ?? "of an unknown version"}; the next use starts it`,
      ];
    case "broken":
      return [`State: cannot be used${because}`];
    case "running":
      return [`State: running${because}`, `Used by: ${processes(users)}`];
  }
}

function sharingLines({ sharedUser, dataDirectory }: EmbeddedStatus): string[] {
  if (sharedUser === undefined) return [];
  return [
    `Runs as: ${sharedUser}, as PostgreSQL does not run as root; whatever else runs as ${sharedUser} can read its password and stop it.`,
    `  For a user of its own: stop it, \`useradd --system event-outreach\`, \`chown -R event-outreach: ${dataDirectory}/cluster\``,
  ];
}

function processes(users: number | undefined): string {
  if (users === undefined) return "unknown";
  return `${users} ${users === 1 ? "process" : "processes"}`;
}

async function contentLines(sql: Queryable, zone: string | undefined): Promise<string[]> {
  const [server] = await sql<{ version: string | null }[]>`
    SELECT current_setting('server_version')::text AS version`;
  const { applied, pending, unknown } = await migrationState(sql);
  const lines = [
    `Server: PostgreSQL ${server?.version ?? "of an unknown version"}`,
    `Migrations: ${applied.length} applied, ${pending.length} pending`,
    ...pending.map((file) => `  pending: ${file}`),
    ...unknown.map((version) => `  unknown to this version of event-outreach: ${version}`),
  ];
  if (pending.length > 0)
    return [...lines, `Run \`${ownCommand("migrate")}\` to apply what is pending.`];
  return [...lines, ...(await rowLines(sql, zone))];
}

async function rowLines(sql: Queryable, zone: string | undefined): Promise<string[]> {
  const [settings] = await sql<{ time_zone: string | null }[]>`
    SELECT time_zone FROM outreach.settings`;
  const counts = await sql<{ name: string; rows: number }[]>`
    SELECT 'events'::text AS name, count(*)::int AS rows FROM events
    UNION ALL SELECT 'contacts'::text, count(*)::int FROM contacts
    UNION ALL SELECT 'tickets'::text, count(*)::int FROM tickets
    UNION ALL SELECT 'campaigns'::text, count(*)::int FROM campaigns
    UNION ALL SELECT 'communications'::text, count(*)::int FROM communications
    UNION ALL SELECT 'communication_recipients'::text, count(*)::int FROM communication_recipients
    UNION ALL SELECT 'marketing_assets'::text, count(*)::int FROM marketing_assets
    UNION ALL SELECT 'asset_distributions'::text, count(*)::int FROM asset_distributions`;
  const width = Math.max(...counts.map(({ rows }) => String(rows).length));
  return [
    `Time zone: ${zone === undefined ? (settings?.time_zone ?? "not set") : `${zone}, by OUTREACH_TIMEZONE`}`,
    "Rows:",
    ...counts.map(({ name, rows }) => `  ${String(rows).padStart(width)} ${name}`),
  ];
}
