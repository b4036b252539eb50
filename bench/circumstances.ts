import { availableParallelism, cpus, totalmem } from "node:os";
import postgres from "postgres";
import { connectionOptions } from "../src/database/address.ts";
import { VERSION } from "../src/version.ts";
import { COMMON_ENVIRONMENT } from "./bare_client.ts";
import type { Ground } from "./ground.ts";

/** What a run was made on and under, for whoever reads or repeats it. */
export interface Circumstances {
  at: string;
  version: string;
  node: string;
  platform: string;
  cores: number;
  cpu: string;
  memory_GiB: number;
  database: string;
  /** As PostgreSQL calls itself. */
  postgres: string;
  /** What is set otherwise than PostgreSQL does by itself, by files, commands, databases or roles. */
  settings: Record<string, string>;
  /** All that servers find in their environment, but for what an entry says of its own. */
  environment: Record<string, string>;
}

/** Asks the machine and the database of a run. */
export async function circumstances(ground: Ground): Promise<Circumstances> {
  const sql = postgres({ ...connectionOptions(ground.server), max: 1 });
  try {
    const [server] = await sql<{ version: string }[]>`SELECT version() AS version`;
    const settings = await sql<{ name: string; setting: string }[]>`
      SELECT name, coalesce(current_setting(name), '') AS setting FROM pg_settings
      WHERE setting IS DISTINCT FROM boot_val AND source NOT IN ('default', 'override', 'client', 'session')
      ORDER BY name`;
    return {
      at: new Date().toISOString(),
      version: VERSION,
      node: process.version,
      platform: `${process.platform} ${process.arch}`,
      cores: availableParallelism(),
      cpu: cpus()[0]?.model ?? "",
      memory_GiB: Math.round(totalmem() / 1024 ** 3),
      database: ground.database,
      postgres: server!.version,
      settings: Object.fromEntries(settings.map(({ name, setting }) => [name, setting])),
      environment: COMMON_ENVIRONMENT,
    };
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** Says them as lines. */
export function inLines(found: Circumstances): string {
  const listed = (values: Record<string, string>) =>
    Object.entries(values)
      .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
      .join(" ");
  return [
    `event-outreach ${found.version} on ${found.database}: ${found.postgres}`,
    `Node.js ${found.node}, ${found.platform}, ${String(found.cores)} cores (${found.cpu}), ${String(found.memory_GiB)} GiB`,
    `Settings of the database that are not PostgreSQL's own: ${listed(found.settings)}`,
    `Environment of every server, ours and others: ${listed(found.environment)}`,
  ].join("\n");
}
