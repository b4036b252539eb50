import * as z from "zod";
import { reference, taken, text } from "../../mcp/fields.ts";
import { plain } from "../../mcp/render.ts";
import { IMPORT_TYPES } from "../formats/index.ts";
import type { UnreadColumn } from "../formats/reading/unread.ts";
import { STRATEGIES, type Ledger, type RecordType } from "./ledger.ts";
import { fileArguments } from "./source.ts";

export const importType = z.enum(IMPORT_TYPES);

/** How like a session's title and speakers a rating's label must be. */
export const threshold = z
  .number()
  .refine((value) => value >= 0 && value <= 1, "must be 0 to 1")
  .meta({ description: "likeness of label and session, 0 to 1, default 0.8" })
  .optional();

/** What labels that match no session mean, from now on. */
export const labelMappings = z
  .array(
    z.strictObject({
      label: text(1000),
      session: reference().optional(),
      skip: z.boolean().optional(),
    }),
  )
  .max(500)
  .meta({ description: "session or skip, for labels left unmatched; remembered for the event" })
  .optional();

/** Arguments of every import. */
export const importArguments = {
  ...fileArguments,
  event: reference(),
  duplicate_strategy: z.enum(STRATEGIES).optional(),
};

/** The arguments of an import as a call gives them. */
export type ImportArguments = z.output<
  z.ZodObject<
    typeof importArguments & {
      fuzzy_match_threshold: typeof threshold;
      label_mappings: typeof labelMappings;
    }
  >
>;

/** Errors, warnings and unmatched rows that an answer lists; a total counts all of them. */
export const LISTED = 500;

export const warningsShape = {
  warnings: z.array(z.object({ row: z.number(), field: z.string(), warning: z.string() })),
  warnings_total: z.number(),
};

/** The first warnings, and how many there are. */
export function warningFacts<Warning>(warnings: readonly Warning[]) {
  return { warnings: warnings.slice(0, LISTED), warnings_total: warnings.length };
}

export const skippedShape = {
  skipped: z.array(z.object({ row: z.number(), reason: z.string() })),
  skipped_total: z.number(),
};

/** Skipped rows that an answer lists. */
const SKIPPED_LISTED = 50;

/** The first rows that are left out or stay as they are, and how many there are. */
export function skippedFacts(ledger: Ledger) {
  const { first, total } = ledger.skipped(SKIPPED_LISTED);
  return { skipped: first, skipped_total: total };
}

/** Columns of the file that were not read, with the missing one that each may be. */
export const unreadShape = {
  unread_columns: z.array(z.object({ column: z.string(), expected: z.string().nullable() })),
};

/** Columns that a headline names. */
const NAMED = 5;

/** The same as a sentence; empty where every column was read. */
export function unreadText(columns: readonly UnreadColumn[]): string {
  if (columns.length === 0) return "";
  const named = columns.slice(0, NAMED).map(({ column, expected }) => {
    const where = expected === null ? "" : ` (${plain(expected)} was expected)`;
    return `"${plain(column)}"${where}`;
  });
  const more = columns.length > NAMED ? [`${String(columns.length - NAMED)} more`] : [];
  return ` Not read: ${[...named, ...more].join(", ")}.`;
}

export const rolesShape = z.object({ created: z.number() });

/** The roles at the event that the file's people get. */
export function roleFacts(ledger: Ledger) {
  return { created: ledger.counts("roles").create };
}

export const labelsShape = {
  mapped: z.array(
    z.object({
      label: z.string(),
      session: taken.nullable(),
      skipped: z.boolean(),
      from_memory: z.boolean(),
      rows: z.number(),
    }),
  ),
  unmatched: z.array(
    z.object({
      row: z.number(),
      label: z.string(),
      best_match: z.string().nullable(),
      score: z.number(),
      reason: z.string(),
    }),
  ),
  unmatched_total: z.number(),
};

/** The labels that were mapped; the first rows that match no session, and how many there are. */
export function labelFacts({ mapped, unmatched }: Ledger) {
  return { mapped, unmatched: unmatched.slice(0, LISTED), unmatched_total: unmatched.length };
}

export const contactsShape = z.object({
  created: z.number(),
  updated: z.number(),
  matched: z.number(),
});

/** What became of the file's people; those matched are known, and nothing changed. */
export function contactFacts(ledger: Ledger) {
  const { created, updated, skipped } = recordFacts(ledger, "contacts");
  return { created, updated, matched: skipped };
}

export const recordsShape = z.object({
  created: z.number(),
  updated: z.number(),
  skipped: z.number(),
});

/** What became of the file's records of a type. */
export function recordFacts(ledger: Ledger, type: RecordType) {
  const { create, update, skip } = ledger.counts(type);
  return { created: create, updated: update, skipped: skip };
}
