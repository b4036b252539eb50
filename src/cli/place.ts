import postgres from "postgres";
import { connectionOptions, describeAddress } from "../database/address.ts";
import { readAccess } from "../database/embedded/folder/access.ts";
import { safeWayTo } from "../database/embedded/session/endpoint.ts";
import { folderAt } from "../database/embedded/folder/folder.ts";
import { attachEmbedded, defaultDataDirectory } from "../database/embedded/index.ts";
import { queryOptions } from "../database/options.ts";
import { surviveStrayWrites } from "../database/postgres_js/stray_write.ts";
import { databaseOptions } from "../environment.ts";

/** The database that this environment uses. */
export type Place = { url: string; name: string } | { dataDirectory: string; name: string };

/** Which database the environment says, by a name without secrets. */
export function placeOf(environment: NodeJS.ProcessEnv): Place {
  const { url, dataDirectory = defaultDataDirectory() } = databaseOptions(environment);
  return url === undefined
    ? { dataDirectory, name: `the embedded PostgreSQL in ${dataDirectory}` }
    : { url, name: `DATABASE_URL (${describeAddress(url)})` };
}

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
 * Connects without starting anything and without counting as a user.
 *
 * @returns null when the embedded database does not run
 */
export async function connectIfRunning(place: Place): Promise<postgres.Sql | null> {
  surviveStrayWrites();
  if ("url" in place) return postgres({ ...connectionOptions(place.url), max: 1 });
  const folder = folderAt(place.dataDirectory);
  const access = await readAccess(folder.cluster);
  const connection = access && (await safeWayTo(folder, access));
  return connection && postgres({ ...queryOptions, ...connection, max: 1 });
}
