import postgres from "postgres";
import { connectionOptions } from "./address.ts";
import { attachEmbedded, embeddedConnection } from "./embedded/index.ts";
import { queryOptions } from "./options.ts";
import { surviveStrayWrites } from "./postgres_js/stray_write.ts";
import type { Queryable } from "./postgres_js/transaction.ts";

/** Where a command finds its database: at an address, or bundled in a folder. */
export type Place = { url: string } | { dataDirectory: string };

/** Does something that needs the database's URL; the embedded one is started for it if need be. */
export async function withUrl<Result>(
  place: Place,
  work: (url: string) => Promise<Result>,
): Promise<Result> {
  surviveStrayWrites();
  if ("url" in place) return work(place.url);
  const lease = await attachEmbedded({ dataDirectory: place.dataDirectory });
  try {
    return await work(lease.url);
  } finally {
    await lease.release();
  }
}

/**
 * Looks into a database on one connection, without starting anything and without counting as a user.
 *
 * @returns null when the embedded database was never made
 */
export async function look<Result>(
  place: Place,
  work: (sql: Queryable) => Promise<Result>,
): Promise<Result | null> {
  surviveStrayWrites();
  const options =
    "url" in place
      ? connectionOptions(place.url)
      : await embeddedConnection(place).then((way) => way && { ...queryOptions, ...way });
  if (options === null) return null;
  const sql = postgres({ ...options, max: 1 });
  try {
    return await work(sql);
  } finally {
    await sql.end({ timeout: 5 });
  }
}
