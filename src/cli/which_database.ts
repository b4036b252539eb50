import { describeAddress } from "../database/address.ts";
import type { Place } from "../database/commands.ts";
import { defaultDataDirectory } from "../database/embedded/index.ts";
import { databaseOptions } from "../environment.ts";

/** A database, by a name without secrets. */
export type NamedPlace = Place & { name: string };

/** The folder of the bundled database, whether or not this environment names another one. */
export function bundledIn(environment: NodeJS.ProcessEnv): string {
  return databaseOptions(environment).dataDirectory ?? defaultDataDirectory();
}

/** The database that this environment names. */
export function placeOf(environment: NodeJS.ProcessEnv): NamedPlace {
  const { url } = databaseOptions(environment);
  const dataDirectory = bundledIn(environment);
  return url === undefined
    ? { dataDirectory, name: `the bundled PostgreSQL in ${dataDirectory}` }
    : { url, name: `DATABASE_URL (${describeAddress(url)})` };
}
