import { ToolError } from "../../mcp/errors.ts";
import { isRecord } from "../../mcp/render.ts";
import { together } from "../../conventions/together.ts";
import type { Call } from "../../conventions/call.ts";
import { readStatement } from "./grammar.ts";
import { guard } from "./guard.ts";
import { listViews, peopleAsked, TIMED_OUT } from "./queries.ts";
import { sentenceFor } from "./refusals.ts";

/** What is asked for was not found in time. */
export class TookTooLong extends ToolError {}

/**
 * The people whom a question in SQL answers, by id: those in its first column, contact_id. It goes through the same
 * guard as one for ask_database, under the same bounds.
 *
 * @param within seconds of the transaction in which it has to end; null: in the time that every question has
 * @throws TookTooLong
 * @throws ToolError for what the guard does not let through, for a question that does not answer people, and for one
 *   that the database refuses
 */
export async function peopleMeant(
  { sql, zone }: Call,
  question: string,
  within: number | null = null,
): Promise<number[]> {
  const { tree, text } = await readStatement(question);
  guard(tree);
  const first = firstColumn(tree);
  if (first !== "contact_id" && first !== "*") {
    throw new ToolError(
      "The first column of sql must be contact_id, as in SELECT contact_id FROM registrations WHERE came.",
    );
  }
  const [{ people, refused }, views] = await together(
    peopleAsked(sql, text, zone, within),
    listViews(sql),
  );
  if (people !== null) return people;
  if (refused !== null && NOT_NUMBERS.has(refused)) {
    throw new ToolError(
      "contact_id must be a number, the id of somebody in the view people, or a text elsewhere in sql is not what its type asks for.",
    );
  }
  const said = sentenceFor(refused ?? "", text, views);
  throw refused === TIMED_OUT ? new TookTooLong(said.message) : said;
}

/** What reading the first column as numbers fails with: a text that is none, a type that becomes none. */
const NOT_NUMBERS: ReadonlySet<string> = new Set(["22P02", "42846"]);

/** What the first column of a SELECT is called, `*` where it stands for several; null where it has no name. */
function firstColumn(tree: unknown): string | null {
  const select = inside(tree, "SelectStmt");
  if (isRecord(select?.["larg"])) return firstColumn({ SelectStmt: select["larg"] });
  const column = inside(firstOf(select?.["targetList"]), "ResTarget");
  if (typeof column?.["name"] === "string") return column["name"];
  const fields = inside(column?.["val"], "ColumnRef")?.["fields"];
  const last: unknown = Array.isArray(fields) ? fields.at(-1) : undefined;
  if (inside(last, "A_Star")) return "*";
  const name = inside(last, "String")?.["sval"];
  return typeof name === "string" ? name : null;
}

function firstOf(list: unknown): unknown {
  return Array.isArray(list) ? list[0] : undefined;
}

function inside(node: unknown, kind: string): Record<string, unknown> | undefined {
  const found = isRecord(node) ? node[kind] : undefined;
  return isRecord(found) ? found : undefined;
}
