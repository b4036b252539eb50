import type { TestProject } from "vitest/node";
import { makeTemplate } from "../../workbench/template.ts";
import { startTestServer } from "../../workbench/server.ts";
import { waitForNoDisk } from "./unsynced.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The test run's PostgreSQL, and the name of the migrated database to copy. */
    database: { url: string; template: string };
  }
}

/** One PostgreSQL for the whole run; what tests make on it is dropped at the end, however it ends. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  // A test must never reach a person's own database, through whatever it starts.
  for (const name of Object.keys(process.env)) {
    if (/^(?:DATABASE_URL$|OUTREACH_|BREVO_|PG|DBMATE_)/.test(name))
      Reflect.deleteProperty(process.env, name);
  }
  const server = await startTestServer();
  console.log(`Tests use ${server.name}.`);
  try {
    await waitForNoDisk(server.url);
    const template = await makeTemplate(server.url);
    project.provide("database", { url: server.url, template: template.name });
    return async () => {
      await template.drop();
      await server.stop();
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}
