import { existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { ESLint } from "eslint";
import ts from "typescript";
import { startEmbedded, startTestServer } from "../workbench/server.ts";
import { makeTemplate } from "../workbench/template.ts";
import { provingLinter, typedBy } from "./proving.ts";

// Lints with every query proved against a migrated database, which lives as long as this command.
// Usage: npm run lint -- [--fix] [files]

const fix = process.argv.includes("--fix");
const given = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
const part = given.length > 0 && given.every((name) => existsSync(name)) ? sources(given) : null;

const options: ESLint.Options = { fix, ...(part && { overrideConfig: typedBy(part) }) };
const clean =
  part === null || part.some(holdsQuery)
    ? await onDatabase((url) => lint(provingLinter(url, options)))
    : await lint(new ESLint(options));
// The checker's own thread and connections would keep the process alive.
process.exit(clean ? 0 : 1);

async function lint(eslint: ESLint): Promise<boolean> {
  const results = await eslint.lintFiles(given.length > 0 ? given : ["."]);
  if (fix) await ESLint.outputFixes(results);
  const formatter = await eslint.loadFormatter("stylish");
  process.stdout.write(await formatter.format(results));
  return results.every((result) => result.errorCount + result.warningCount === 0);
}

async function onDatabase<Result>(work: (url: string) => Promise<Result>): Promise<Result> {
  // The quickest server there is: a container would take longer to start than the linting takes.
  const server = process.env["TEST_DATABASE_URL"] ? await startTestServer() : await startEmbedded();
  try {
    const database = await makeTemplate(server.url);
    try {
      return await work(database.url);
    } finally {
      await database.drop();
    }
  } finally {
    await server.stop();
  }
}

/** The TypeScript files of a part. */
function sources(names: readonly string[]): string[] {
  return names
    .map((name) => path.resolve(name))
    .flatMap((name) => (statSync(name).isDirectory() ? ts.sys.readDirectory(name, [".ts"]) : name))
    .filter((name) => name.endsWith(".ts"));
}

/** Whether there may be something to prove. */
function holdsQuery(file: string): boolean {
  return /\bsql\s*[<`]/.test(readFileSync(file, "utf8"));
}
