import { spawn } from "node:child_process";
import { codeOf, DatabaseUnavailable } from "./errors.ts";

/** What dbmate said when it failed: PostgreSQL's message, and its SQLSTATE if there was one. */
export interface DbmateFailure {
  message: string;
  code: string | undefined;
}

/**
 * Applies the pending migrations of a folder. `migrate` and not `up`, which would make a database
 * that is not there. Nothing of what dbmate prints is passed on but its error.
 *
 * @returns null when all went well
 * @throws DatabaseUnavailable when dbmate is not installed as it should be
 */
export async function runDbmate(options: {
  url: string;
  directory: string;
}): Promise<DbmateFailure | null> {
  const child = spawn(
    await installedDbmate(),
    [
      "--migrations-dir",
      options.directory,
      "--migrations-table",
      "dbmate.schema_migrations",
      "--no-dump-schema",
      "migrate",
    ],
    {
      // By environment and not by argument, which other users of the machine could read.
      env: { ...environmentWithoutSettings(), DATABASE_URL: options.url },
      // dbmate reads a .env file where it is started.
      cwd: options.directory,
      stdio: ["ignore", "ignore", "pipe"],
      windowsHide: true,
    },
  );
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", (error) => reject(brokenInstallation(codeOf(error), error)));
    child.once("close", resolve);
  });
  return code === 0 ? null : readFailure(errors);
}

/**
 * Tries whether dbmate can be run.
 *
 * @returns its version
 * @throws DatabaseUnavailable when it is not installed as it should be
 */
export async function tryDbmate(): Promise<string> {
  const child = spawn(await installedDbmate(), ["--version"], {
    env: environmentWithoutSettings(),
    stdio: ["ignore", "pipe", "ignore"],
    timeout: 30_000,
    windowsHide: true,
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", (error) => reject(brokenInstallation(codeOf(error), error)));
    child.once("close", resolve);
  });
  const version = /\d+\.\d+\.\d+/.exec(output)?.[0];
  if (code === 0 && version !== undefined) return version;
  throw brokenInstallation(`status ${String(code)}`, undefined);
}

async function installedDbmate(): Promise<string> {
  try {
    // Not before it is needed, so that what needs no migration does without it.
    return (await import("dbmate")).resolveBinary();
  } catch (error) {
    throw brokenInstallation("it is missing", error);
  }
}

function brokenInstallation(what: string, cause: unknown): DatabaseUnavailable {
  return new DatabaseUnavailable(
    `dbmate, which makes the tables, cannot be run (${what}). Run \`npm ci\` again in the folder of event-outreach, with optional packages, then try again.`,
    { cause },
  );
}

/** dbmate and its driver take settings from variables of their own, which are not meant for us. */
function environmentWithoutSettings(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(?:DBMATE_|PG)/i.test(name)),
  );
}

/** Reads `Error: pq: the message (P0001)`, of which an address may be a part where it was not understood. */
function readFailure(output: string): DbmateFailure {
  const complaint =
    /(?:^|\n)Error: (?:line: [^:]+, column: [^:]+, position: [^:]+: )?(?:pq: )?(.*)$/s
      .exec(output)?.[1]
      ?.trim() ?? "";
  const parts = /^(?<message>.*?)(?: \((?<code>[0-9A-Z]{5})\))?$/s.exec(complaint)?.groups;
  const message = (parts?.message ?? "")
    .replace(/postgres(?:ql)?:\/\/\S+/g, "the address")
    .replace(/\.$/, "");
  const code = parts?.code;
  return { message: code === "P0001" ? `${message}.` : message || "dbmate gave no reason", code };
}
