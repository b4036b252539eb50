import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import type * as libpgQuery from "libpg-query";
import { ToolError } from "../../mcp/errors.ts";
import { plain } from "../../mcp/render.ts";

type Grammar = typeof libpgQuery;
type Statements = NonNullable<libpgQuery.ParseResult["stmts"]>;

/** A statement as PostgreSQL's grammar reads it. */
export interface Statement {
  tree: NonNullable<Statements[number]["stmt"]>;
  /** The statement alone, without what ends it. */
  text: string;
}

const require = createRequire(import.meta.url);
/** Beside this very bundle, or, from the sources, as it is installed. */
const PACKAGE = existsSync(new URL("grammar.cjs", import.meta.url))
  ? "./grammar.cjs"
  : "libpg-query";
let loaded: Grammar | undefined;

/** Loads the grammar at the first question: nobody who asks none waits for it. */
async function grammar(): Promise<Grammar> {
  loaded ??= require(PACKAGE) as Grammar;
  await loaded.loadModule();
  return loaded;
}

/** A grammar that ran out of room in the middle is not used again. */
function forget(): void {
  loaded = undefined;
  Reflect.deleteProperty(require.cache, require.resolve(PACKAGE));
}

/**
 * Reads the one statement that a text holds.
 *
 * @throws ToolError where it holds none or several, or what is no SQL
 */
export async function readStatement(sql: string): Promise<Statement> {
  const parser = await grammar();
  let statements: Statements;
  try {
    statements = parser.parseSync(sql).stmts ?? [];
  } catch (error) {
    if (!parser.hasSqlDetails(error)) {
      forget();
      throw new ToolError("sql is nested too deeply; write it with WITH, a step after the other.");
    }
    if (/exhausted/u.test(error.message)) forget();
    throw new ToolError(
      `sql is not a statement that PostgreSQL can read: ${plain(error.message)}.`,
    );
  }
  const [first, second] = statements;
  if (first?.stmt === undefined) throw new ToolError("sql holds no statement; give one SELECT.");
  if (second !== undefined) {
    throw new ToolError(
      "sql holds several statements; give one SELECT, and the next in a call of its own.",
    );
  }
  const bytes = Buffer.from(sql);
  const start = first.stmt_location ?? 0;
  const length = first.stmt_len ?? bytes.length - start;
  return { tree: first.stmt, text: bytes.subarray(start, start + length).toString() };
}
