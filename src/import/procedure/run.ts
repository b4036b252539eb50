import * as z from "zod";
import { ToolError } from "../../mcp/errors.ts";
import { named } from "../../mcp/fields.ts";
import { plain } from "../../mcp/render.ts";
import { RECORDS, type Caller, type Effects } from "../../mcp/tool.ts";
import { placeOfRule } from "../../database/rules.ts";
import type { Call } from "../../conventions/call.ts";
import type { ImportKind, Prepared } from "./kind.ts";
import { Steps } from "./steps.ts";
import type { Strategy } from "./ledger.ts";
import { importArguments, warningFacts, warningsShape } from "./shapes.ts";
import { counted } from "../../words/counts.ts";

/** Effects of an import: `update` may overwrite what is recorded. */
export const IMPORTS: Effects = { ...RECORDS, destructive: true };

/** Steps of an import: read, looked up, planned, at most three of writing, and written. */
const STEPS = 7;

const THRESHOLD = 0.8;

/** Input of an import tool. */
export const importInput = z.strictObject(importArguments);

/** Result fields of every import. */
export const importOutput = { event: named, rows: z.number(), ...warningsShape };

interface ImportArguments {
  file_path: string;
  event: string;
  duplicate_strategy?: Strategy | undefined;
  fuzzy_match_threshold?: number | undefined;
}

/** Runs an import; what it throws leaves no trace, since the call is one transaction. */
export async function runImport<Facts>(
  kind: ImportKind<Facts>,
  args: ImportArguments,
  call: Call,
  caller: Caller,
): Promise<Prepared<Facts>> {
  const steps = new Steps(caller, STEPS);
  const prepared = await kind.prepare(requestOf(args), call, steps, { isLocked: true, sample: 0 });
  const why = refusal(prepared);
  if (why !== undefined) throw new ToolError(why);
  try {
    await prepared.write();
  } catch (error) {
    const rule = placeOfRule(error);
    if (rule === undefined) throw error;
    throw new ToolError(
      `A rule of the organiser's database stands against this import: ${plain(rule)}.`,
    );
  }
  await steps.finished("written");
  return prepared;
}

/** What a call asks for, with what it leaves out. */
export function requestOf(args: ImportArguments) {
  return {
    file_path: args.file_path,
    event: args.event,
    strategy: args.duplicate_strategy ?? "skip",
    threshold: args.fuzzy_match_threshold ?? THRESHOLD,
  };
}

/** Result fields that every import fills alike. */
export function importFacts({ event, rows, warnings }: Prepared<unknown>) {
  return { event, rows, ...warningFacts(warnings) };
}

/** The sentence that opens an import's answer. */
export function importHeadline({ event, rows, warnings }: Prepared<unknown>, done: string): string {
  const warned = warnings.length === 0 ? "" : ` ${counted(warnings.length, "warning")}.`;
  return `${counted(rows, "row")} imported for ${plain(event.name)}: ${done}.${warned}`;
}

/** Rows that an error lists. */
const LISTED = 10;

/** Why an import is not carried out, or undefined. */
export function refusal({ errors, clashes }: Prepared<unknown>): string | undefined {
  if (errors.length > 0) {
    const rows = errors.map(
      ({ row, field, error }) =>
        `row ${String(row)}${field === "" ? "" : `, ${plain(field)},`} ${plain(error)}`,
    );
    return `The file has ${counted(errors.length, "fault")} that must be mended first: ${listed(rows)}.`;
  }
  if (clashes.length > 0) {
    const rows = clashes.map(({ row, what }) => `row ${String(row)}: ${plain(what)}`);
    return `duplicate_strategy is fail, and ${counted(clashes.length, "record clashes", "records clash")} with the database: ${listed(rows)}. Use skip or update to import the rest.`;
  }
  return undefined;
}

function listed(rows: readonly string[]): string {
  const more = rows.length > LISTED ? `; and ${String(rows.length - LISTED)} more` : "";
  return rows.slice(0, LISTED).join("; ") + more;
}
