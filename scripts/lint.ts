import { ESLint } from "eslint";
import { startEmbedded, startTestServer } from "../workbench/server.ts";
import { makeTemplate } from "../workbench/template.ts";
import { provingLinter } from "./proving.ts";

// Lints with every query proved against a migrated database, which lives as long as this command.
// Usage: npm run lint -- [--fix] [files]

const fix = process.argv.includes("--fix");
const files = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));

// The quickest server there is: a container would take longer to start than the linting takes.
const server = process.env["TEST_DATABASE_URL"] ? await startTestServer() : await startEmbedded();
let clean = false;
try {
  const database = await makeTemplate(server.url);
  try {
    clean = await lint(database.url);
  } finally {
    await database.drop();
  }
} finally {
  await server.stop();
}
// The checker's own thread and connections would keep the process alive.
process.exit(clean ? 0 : 1);

async function lint(databaseUrl: string): Promise<boolean> {
  const eslint = provingLinter(databaseUrl, { fix });
  const results = await eslint.lintFiles(files.length > 0 ? files : ["."]);
  if (fix) await ESLint.outputFixes(results);
  const formatter = await eslint.loadFormatter("stylish");
  process.stdout.write(await formatter.format(results));
  return results.every((result) => result.errorCount + result.warningCount === 0);
}
