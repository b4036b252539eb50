import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import postgres from "postgres";
import { connectionOptions } from "../src/database/address.ts";
import { startEmbedded, startTestServer } from "../workbench/server.ts";
import { makeTemplate } from "../workbench/template.ts";
import { currentDocument } from "./document/database.ts";

// Writes the parts of DATABASE.md that follow from the migrations.

const file = fileURLToPath(new URL("../DATABASE.md", import.meta.url));
const server = process.env["TEST_DATABASE_URL"] ? await startTestServer() : await startEmbedded();
try {
  const database = await makeTemplate(server.url);
  const sql = postgres({ ...connectionOptions(database.url), max: 1 });
  try {
    await writeFile(file, await currentDocument(await readFile(file, "utf8"), sql));
  } finally {
    await sql.end();
    await database.drop();
  }
} finally {
  await server.stop();
}
