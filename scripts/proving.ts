import path from "node:path";
import { fileURLToPath } from "node:url";
import { ESLint } from "eslint";
import ts from "typescript";
import { parseAddress } from "../src/database/address.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/**
 * ESLint, with every query proved against a migrated database.
 *
 * Its settings go through the environment, because that is what the configuration file can read:
 * ESLint of one process proves against one database.
 */
export function provingLinter(databaseUrl: string, options: ESLint.Options = {}): ESLint {
  process.env["LINT_DATABASE_URL"] = addressFor(databaseUrl);
  return new ESLint(options);
}

/** The checker takes a URL only, and its URLs know no sockets; its driver also reads these variables. */
function addressFor(url: string): string {
  const address = parseAddress(url);
  if (!address.socket) return url;
  process.env["PGHOST"] = address.socket;
  process.env["PGPORT"] = String(address.hosts[0]?.port ?? 5432);
  process.env["PGUSER"] = address.user ?? "";
  process.env["PGPASSWORD"] = address.password ?? "";
  return `postgres:///${address.database ?? ""}`;
}

/** Types of a part come from these files and what they import, not from all files of the project. */
export function typedBy(files: string[]): ESLint.Options["overrideConfig"] {
  const { config } = ts.readConfigFile(path.join(ROOT, "tsconfig.json"), (name) =>
    ts.sys.readFile(name),
  ) as { config: object };
  const { options } = ts.parseJsonConfigFileContent(
    { ...config, include: [], files },
    ts.sys,
    ROOT,
  );
  const programs = [ts.createProgram(files, options)];
  return {
    files: ["**/*.ts"],
    languageOptions: { parserOptions: { projectService: false, programs } },
  };
}
