import * as z from "zod";
import { remarking, type Call } from "../../conventions/call.ts";
import { remarksOf } from "../../conventions/references/remarks.ts";
import { placeOfRule } from "../../database/rules.ts";
import { ToolError } from "../../mcp/errors.ts";
import { named } from "../../mcp/fields.ts";
import { plain } from "../../mcp/render.ts";
import { CORRECTS, type Caller, type Tool } from "../../mcp/tool.ts";
import { counted } from "../../words/counts.ts";
import type { ImportKind, Prepared } from "./kind.ts";
import {
  importArguments,
  skippedFacts,
  skippedShape,
  unreadShape,
  unreadText,
  warningFacts,
  warningsShape,
  type ImportArguments,
} from "./shapes.ts";
import { Steps } from "./steps.ts";

/** Steps of an import: read, looked up, planned, at most three of writing, and written. */
const STEPS = 7;

/**
 * Defines the tool of an import.
 *
 * @param definition `facts` are the result fields that only this import has, `done` says them in words;
 *   `furtherArguments` are those that only this import takes
 */
export function importTool<Shape extends z.ZodRawShape>(
  kind: ImportKind<z.input<z.ZodObject<Shape>>>,
  definition: {
    name: string;
    title: string;
    description: string;
    furtherArguments?: z.ZodRawShape;
    facts: Shape;
    done: (facts: z.input<z.ZodObject<Shape>>) => string;
  },
): Tool<Call> {
  const { furtherArguments, facts: shape, done, ...texts } = definition;
  return {
    ...texts,
    // Under `update` it overwrites what is recorded.
    effects: CORRECTS,
    input: z.strictObject({ ...importArguments, ...furtherArguments }),
    output: z.object({
      event: named,
      rows: z.number(),
      /** Rows of which anything was recorded; the others are skipped, not checked in or unmatched. */
      imported: z.number(),
      ...shape,
      ...unreadShape,
      ...skippedShape,
      ...warningsShape,
    }),
    async handle(args: ImportArguments, call, caller) {
      const prepared = await runImport(kind, args, call, caller);
      const { event, rows, ledger, unread_columns, warnings, facts } = prepared;
      const imported = ledger.rowsImported;
      const warned = warnings.length === 0 ? "" : ` ${counted(warnings.length, "warning")}.`;
      const answer = {
        headline: `${imported === rows ? "" : `${String(imported)} of `}${counted(rows, "row")} imported for ${plain(event.name)}: ${done(facts)}.${warned}${unreadText(unread_columns)}`,
        facts: {
          event,
          rows,
          imported,
          ...facts,
          unread_columns: [...unread_columns],
          ...skippedFacts(ledger),
          ...warningFacts(warnings),
        },
      };
      return remarking(answer, remarksOf(call.sql));
    },
  };
}

/** Runs an import; what it throws leaves no trace, since the call is one transaction. */
async function runImport<Facts>(
  kind: ImportKind<Facts>,
  args: ImportArguments,
  call: Call,
  caller: Caller,
): Promise<Prepared<Facts>> {
  const steps = new Steps(caller, STEPS);
  const prepared = await kind.prepare(args, call, steps, { isLocked: true, sample: 0 });
  const why = importRefusal(prepared);
  if (why !== undefined) throw new ToolError(why);
  try {
    await prepared.write();
  } catch (error) {
    const rule = placeOfRule(error);
    if (rule === undefined) throw error;
    throw new ToolError(`A rule of the organiser's database forbids this import: ${plain(rule)}.`);
  }
  await steps.finished("written");
  return prepared;
}

/** Why an import is not carried out, or undefined. */
export function importRefusal({ errors, ledger }: Prepared<unknown>): string | undefined {
  if (errors.length > 0) {
    const rows = errors.map(
      ({ row, field, error }) =>
        `row ${String(row)}${field === "" ? "" : `, ${plain(field)},`} ${plain(error)}`,
    );
    return `The file has ${counted(errors.length, "fault")} to be corrected first: ${firstRows(rows)}.`;
  }
  const { clashes } = ledger;
  if (clashes.length > 0) {
    const rows = clashes.map(({ row, what }) => `row ${String(row)}: ${plain(what)}`);
    return `duplicate_strategy is fail, and ${counted(clashes.length, "record clashes", "records clash")} with the database: ${firstRows(rows)}. Use skip or update to import the rest.`;
  }
  return undefined;
}

/** Rows that an error lists. */
const LISTED = 10;

function firstRows(rows: readonly string[]): string {
  const more = rows.length > LISTED ? `; and ${String(rows.length - LISTED)} more` : "";
  return rows.slice(0, LISTED).join("; ") + more;
}
