import * as z from "zod";
import { asked, named } from "../../mcp/fields.ts";
import { plain } from "../../mcp/render.ts";
import { now } from "../../mcp/time.ts";
import { ASKS } from "../../mcp/tool.ts";
import { tool } from "../../conventions/call.ts";
import type { ImportType } from "../formats/index.ts";
import { checkIns } from "../check_ins/kind.ts";
import type { ImportKind, Prepared } from "../procedure/kind.ts";
import { Steps } from "../procedure/steps.ts";
import { ratings } from "../ratings/kind.ts";
import { registrations } from "../registrations/kind.ts";
import { sessions } from "../sessions/kind.ts";
import { walkUps } from "../walk_ups/kind.ts";
import type { RecordType } from "../procedure/ledger.ts";
import {
  importArguments,
  importType,
  labelFacts,
  labelMappings,
  labelsShape,
  skippedFacts,
  skippedShape,
  threshold,
  unreadShape,
  unreadText,
  warningFacts,
  warningsShape,
} from "../procedure/shapes.ts";
import { importRefusal } from "../procedure/run.ts";
import { counted } from "../../words/counts.ts";

const KINDS: Record<ImportType, ImportKind<unknown>> = {
  ...registrations,
  quicket_checkins: checkIns,
  walkup: walkUps,
  sessionize: sessions,
  ratings,
};

const DEFAULT_LIMIT = 20;

const counts = z.object({
  total_rows: z.number(),
  would_create: z.number(),
  would_update: z.number(),
  would_skip: z.number(),
  would_fail: z.number(),
});

export const previewTool = tool({
  name: "preview_import",
  title: "Preview an import",
  description:
    'What an import would do, in numbers for each record type that the import then keeps exactly; changes nothing. E.g. import_type "sessionize", event "Data Day 2026", file_path "/home/me/sessions.xlsx".',
  effects: ASKS,
  input: z.strictObject({
    ...importArguments,
    import_type: importType,
    preview_limit: z
      .number()
      .refine((value) => Number.isInteger(value) && value >= 0 && value <= 200, "must be 0 to 200")
      .meta({ description: "sample_actions shown, default 20" })
      .optional(),
    fuzzy_match_threshold: threshold,
    label_mappings: labelMappings,
  }),
  output: z.object({
    event: named,
    summary: z.object({
      total_rows: z.number(),
      contacts: counts.optional(),
      tickets: counts.optional(),
      topics: counts.optional(),
      interests: counts.optional(),
      sessions: counts.optional(),
      speakers: counts.optional(),
      roles: counts.optional(),
      ratings: counts.optional(),
    }),
    /** Rows of which anything would be recorded. */
    would_import: z.number(),
    /** Why the import would be refused; null where it would be carried out. */
    would_be_refused: z.string().nullable(),
    sample_actions: z.array(
      z.object({
        row: z.number(),
        action: z.string(),
        record_type: z.string(),
        identifier: z.string(),
        reason: z.string(),
      }),
    ),
    ...labelsShape,
    ...unreadShape,
    ...skippedShape,
    ...warningsShape,
    as_of: asked.as_of,
    resolved: asked.resolved,
  }),
  mainList: () => "sample_actions",
  async handle(args, call, caller, page) {
    const kind = KINDS[args.import_type];
    const limit = page.isWhole ? Number.MAX_SAFE_INTEGER : (args.preview_limit ?? DEFAULT_LIMIT);
    const prepared = await kind.prepare(args, call, new Steps(caller, STEPS), {
      isLocked: false,
      sample: limit,
    });
    const { event, rows, ledger, warnings } = prepared;
    const why = importRefusal(prepared);
    return {
      headline: previewHeadline(kind.records, prepared, why),
      facts: {
        event,
        summary: {
          total_rows: rows,
          ...Object.fromEntries(
            kind.records.map((type) => {
              const { create, update, skip, fail } = ledger.counts(type);
              const counts = { would_create: create, would_update: update, would_skip: skip };
              return [type, { total_rows: rows, ...counts, would_fail: fail }];
            }),
          ),
        },
        would_import: why === undefined ? ledger.rowsImported : 0,
        would_be_refused: why ?? null,
        sample_actions: ledger.sample(),
        ...labelFacts(ledger),
        unread_columns: [...prepared.unread_columns],
        ...skippedFacts(ledger),
        ...warningFacts(warnings),
        as_of: now(call.zone),
        resolved: { event, campaign: null, contact: null, from: null, to: null },
      },
    };
  },
});

/** Read, looked up, planned. */
const STEPS = 3;

function previewHeadline(
  records: readonly RecordType[],
  { event, rows, ledger, unread_columns }: Prepared<unknown>,
  why: string | undefined,
): string {
  const name = plain(event.name);
  if (why !== undefined) {
    return `Importing ${counted(rows, "row")} for ${name} would be refused, and nothing written. ${why}${unreadText(unread_columns)}`;
  }
  const created = records.flatMap((type) => {
    const { create } = ledger.counts(type);
    return create > 0 ? [counted(create, type.slice(0, -1))] : [];
  });
  const updated = records.reduce((sum, type) => sum + ledger.counts(type).update, 0);
  const added = created.length === 0 ? "nothing" : created.join(", ");
  const taken =
    ledger.rowsImported === rows ? "" : `, of which it takes ${String(ledger.rowsImported)},`;
  return `Importing ${counted(rows, "row")} for ${name}${taken} would add ${added} and update ${counted(updated, "record")}; nothing is written yet.${unreadText(unread_columns)}`;
}
