import * as z from "zod";
import { tool } from "../../conventions/call.ts";
import { understand } from "../../conventions/question.ts";
import { together } from "../../conventions/together.ts";
import { asked, text } from "../../mcp/fields.ts";
import type { Page } from "../../mcp/paging.ts";
import { ASKS } from "../../mcp/tool.ts";
import { counted } from "../../words/counts.ts";
import { readStatement } from "./grammar.ts";
import { guard } from "./guard.ts";
import { answersTo, boundQuestion, listViews, nextAnswersTo } from "./queries.ts";
import { inASentence } from "./refusals.ts";
import { typeName, valueOf, type Value } from "./values.ts";
import { EXAMPLES, VIEWS_IN_SHORT } from "./views.ts";

const ROWS = 100;
const MOST_ROWS = 1000;

/** Characters of an answer's rows as JSON; rows beyond it are left out, and that is said. */
const MOST_CHARACTERS = 200_000;

export const askDatabaseTool = tool({
  name: "ask_database",
  title: "Ask the database in SQL",
  description:
    'Answers what no other tool does, by one read-only SELECT (PostgreSQL; WITH is taken) over the views that sql names. Without sql: all columns with their meaning, and examples. E.g. "which companies sent most people": SELECT company, count(DISTINCT contact_id) FROM registrations JOIN people USING (contact_id) GROUP BY 1 ORDER BY 2 DESC.',
  effects: ASKS,
  input: z.strictObject({
    sql: text(10_000, `Views: ${VIEWS_IN_SHORT}`).optional(),
    limit: z
      .number()
      .refine(
        (value) => Number.isInteger(value) && value >= 1 && value <= MOST_ROWS,
        `must be 1 to ${String(MOST_ROWS)}`,
      )
      .meta({ description: `default ${String(ROWS)}` })
      .optional(),
  }),
  output: z.object({
    views: z
      .array(
        z.object({
          name: z.string(),
          about: z.string(),
          columns: z.array(z.object({ name: z.string(), type: z.string(), about: z.string() })),
        }),
      )
      .optional(),
    examples: z.array(z.string()).optional(),
    columns: z.array(z.object({ name: z.string(), type: z.string() })).optional(),
    rows: z.array(z.array(z.union([z.string(), z.number(), z.boolean(), z.null()]))).optional(),
    row_count: z.number().optional(),
    /** There are more rows than are shown. */
    truncated: z.boolean().optional(),
    ...asked,
  }),
  rowsAtOnce: 500,
  mainList: ({ sql }) => (sql === undefined ? "views" : "rows"),
  async handle(args, call, _caller, page) {
    const { answer } = await understand(call, args.sql === undefined ? {} : { sql: args.sql });
    if (args.sql === undefined) {
      const views = await listViews(call.sql);
      return {
        headline: `${counted(views.length, "view")} can be asked, by one SELECT in sql.`,
        facts: { views, examples: [...EXAMPLES], ...answer },
      };
    }
    const { tree, text: question } = await readStatement(args.sql);
    guard(tree);
    const limit = page.isWhole ? page.limit : (args.limit ?? ROWS);
    const raw = await askWithin(call, question, limit + 1, page);
    // Whether rows follow a full page is known only when they are fetched.
    if (page.isWhole && raw.rows.length === limit) page.next([...raw.rows, []], () => ["fetched"]);
    const columns = raw.columns.map(({ name, type }) => ({ name, type: typeName(type) }));
    const rows = raw.rows
      .slice(0, limit)
      .map((row) =>
        row.map((value, index) => valueOf(value, columns[index]?.type ?? "", call.zone)),
      );
    const shown = page.isWhole ? rows : withinBounds(rows);
    const truncated = shown.length < raw.rows.length;
    const why =
      shown.length < rows.length
        ? "the rest would make the answer too long: ask for fewer columns"
        : `limit is ${String(limit)}`;
    return {
      headline: truncated
        ? `The first ${counted(shown.length, "row")}; there are more, and ${why}.`
        : `${counted(shown.length, "row")}, and no more.`,
      facts: { columns, rows: shown, row_count: shown.length, truncated, ...answer },
    };
  },
});

/** Asks within the bounds of {@link boundQuestion}; what the database refuses is said in a sentence. */
async function askWithin(
  { sql, zone }: Parameters<typeof understand>[0],
  question: string,
  most: number,
  page: Page,
) {
  // In the order in which they are sent, so that the views are known where the question fails.
  const views = listViews(sql);
  const bound = boundQuestion(sql, zone);
  const answer = page.isWhole
    ? nextAnswersTo(sql, page.after === null ? question : null, page.limit)
    : answersTo(sql, question, most);
  try {
    const [, , raw] = await together(views, bound, answer);
    return raw;
  } catch (error) {
    throw inASentence(error, question, await views, page.isWhole ? "whole" : "part");
  }
}

function withinBounds(rows: readonly Value[][]): Value[][] {
  let characters = 0;
  const shown = rows.findIndex(
    (row) => (characters += JSON.stringify(row).length) > MOST_CHARACTERS,
  );
  return shown === -1 ? [...rows] : rows.slice(0, shown);
}
