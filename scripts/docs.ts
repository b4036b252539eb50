import { readFile, writeFile } from "node:fs/promises";
import postgres from "postgres";
import { connectionOptions } from "../src/database/address.ts";
import { startEmbedded, startTestServer } from "../workbench/server.ts";
import { makeTemplate } from "../workbench/template.ts";
import { currentDatabase, currentInternals } from "./document/database.ts";
import { currentMap } from "./document/house.ts";

// Writes what in the documents follows from the table of layers and from the migrations.

await rewrite("CLAUDE.md", currentMap);
const server = process.env["TEST_DATABASE_URL"] ? await startTestServer() : await startEmbedded();
try {
  const database = await makeTemplate(server.url);
  const sql = postgres({ ...connectionOptions(database.url), max: 1 });
  try {
    await rewrite("DATABASE.md", (document) => currentDatabase(document, sql));
    await writeFile(at("DATABASE_INTERNALS.md"), await currentInternals(sql));
  } finally {
    await sql.end();
    await database.drop();
  }
} finally {
  await server.stop();
}

async function rewrite(name: string, current: (document: string) => Promise<string>) {
  await writeFile(at(name), await current(await readFile(at(name), "utf8")));
}

function at(name: string): URL {
  return new URL(`../${name}`, import.meta.url);
}
