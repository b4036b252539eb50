import * as z from "zod";
import { openingTool } from "../../conventions/call.ts";
import { inputShape } from "../../mcp/call.ts";
import { oneOf, ToolError } from "../../mcp/errors.ts";
import { line } from "../../mcp/fields.ts";
import { plain } from "../../mcp/render.ts";
import { parseArguments, valueInWords } from "../../mcp/schema.ts";
import { today } from "../../mcp/time.ts";
import type { Caller, Tool } from "../../mcp/tool.ts";
import { counted } from "../../words/counts.ts";
import { placeFor } from "../new_file.ts";
import { takeAway, type TakenAway } from "../take_away.ts";

/** @param exportFolder the folder in which files are put whose place nobody names */
export const exportAnswerTool = (exportFolder: () => string) =>
  openingTool({
    name: "export_answer",
    title: "Save an answer as a file",
    description:
      'Saves the answer of any tool that only reads, ask_database too, as a new file: every row of all pages; limit and cursor do not count. E.g. who bounced, for a spreadsheet: tool "query_recipients", arguments {"campaign": "CFP 2026", "status": ["bounced"]}, format "xlsx". Tell the person where it lies.',
    // Of the record it changes nothing, but a file is more than an answer: a host may ask before it is made.
    effects: { readOnly: false, destructive: false, idempotent: false, openWorld: false },
    input: z.strictObject({
      tool: line(100),
      arguments: z.record(z.string(), z.unknown()).optional(),
      format: z.enum(["csv", "xlsx", "json"]),
      file_path: line(4096, "default: in the downloads").optional(),
    }),
    output: z.object({
      file: z.object({
        path: z.string(),
        format: z.string(),
        rows: z.number(),
        bytes: z.number(),
      }),
      columns: z.array(z.string()),
      /** Which list of the answer the rows are. */
      list: z.string(),
      /** Other lists and objects of the answer that hold something, which are not in the file. */
      left_out: z.array(z.string()),
      /** Texts that are longer than a workbook's cell may be, and end in … there. */
      cut_texts: z.number(),
      /** What the answer says of itself; null where it does not. */
      as_of: z.string().nullable(),
      resolved: z.record(z.string(), z.unknown()).nullable(),
      filter: z.record(z.string(), z.unknown()).nullable(),
    }),
    async handle({ tool: name, arguments: given = {}, format, file_path }, transactions, caller) {
      const tool = questionNamed(name, caller);
      const { limit: _limit, cursor: _cursor, ...question } = given;
      const args = parseArguments(tool.input, inputShape(tool), question);
      const stem = `${tool.title} ${today("local")}`;
      const place = await placeFor({ name: stem, given: file_path, format }, exportFolder);
      let writing: Promise<TakenAway> | undefined;
      const write = (context: unknown) =>
        (writing = takeAway(tool, args, context as never, caller, place));
      const opensNone = tool.standsAlone === true || tool.opensTransactions === true;
      const taken = await (
        opensNone ? write(transactions) : transactions.read(write, caller.signal)
      ).finally(
        // A question that is cancelled ends before what it was writing is removed.
        () => Promise.allSettled([writing]),
      );
      const { as_of = null, resolved = null, filter = null } = taken.facts as Saying;
      return {
        headline: headline(tool.name, taken),
        facts: {
          file: taken.file,
          columns: taken.columns,
          list: taken.table.list,
          left_out: taken.table.leftOut,
          cut_texts: taken.cutTexts,
          as_of,
          resolved,
          filter,
        },
      };
    },
  });

/** What most answers say of themselves. */
interface Saying {
  as_of?: string;
  resolved?: Record<string, unknown>;
  filter?: Record<string, unknown>;
}

/** @throws ToolError where no tool of this name is offered, or it does not only read */
function questionNamed(name: string, { offered }: Caller): Tool<never> {
  const tool = offered.find((candidate) => candidate.name === name);
  if (tool?.effects.readOnly) return tool;
  const questions = offered.filter(({ effects }) => effects.readOnly).map((each) => each.name);
  throw new ToolError(
    `tool must be ${oneOf(questions)}, not ${valueInWords(name)}: only answers of tools that read can be saved.`,
  );
}

function headline(tool: string, { file, table, cutTexts }: TakenAway): string {
  const rows = counted(file.rows, "row");
  const others = table.leftOut.length > 0 ? ` Not in it: ${table.leftOut.join(", ")}.` : "";
  const cut =
    cutTexts > 0
      ? ` ${counted(cutTexts, "text")} longer than a cell may be ${cutTexts === 1 ? "is" : "are"} cut in it; csv and json hold all.`
      : "";
  return `Saved ${rows} (${table.list} of ${tool}) to ${plain(file.path)}.${others}${cut} Only this user can read the file; what it says of people stays there when they are erased here.`;
}
