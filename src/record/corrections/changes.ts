import * as z from "zod";
import { ToolError } from "../../mcp/errors.ts";
import { reference, text, webAddress, when, wholeNumber } from "../../mcp/fields.ts";
import { plain } from "../../mcp/render.ts";
import { jsonSchema, parseArguments } from "../../mcp/schema.ts";
import { DISTRIBUTION_CHANNELS } from "../assets/shape.ts";
import { COMMUNICATION_STATUSES } from "../communications/shape.ts";

const communication = z.strictObject({
  campaign: reference().optional(),
  title: text(500).optional(),
  post_url: webAddress().optional(),
  content_summary: text(20_000).optional(),
  sent_at: when().optional(),
  status: z.enum(COMMUNICATION_STATUSES).exclude(["sending"]).optional(),
});

const asset = z.strictObject({
  campaign: reference().optional(),
  title: text(200).optional(),
  description: text(10_000).optional(),
  file_url: webAddress().optional(),
});

const distribution = z.strictObject({
  channel: z.enum(DISTRIBUTION_CHANNELS).optional(),
  distributed_at: when().optional(),
  reach_estimate: wholeNumber().optional(),
  notes: text(10_000).optional(),
});

/** What can be changed of each kind, and which of it may be emptied. */
const KINDS = {
  communication: kindOf(communication, ["post_url", "content_summary"]),
  asset: kindOf(asset, ["campaign", "description", "file_url"]),
  distribution: kindOf(distribution, ["reach_estimate", "notes"]),
};

type Kinds = typeof KINDS;
type Parsed<Kind extends keyof Kinds> = z.output<Kinds[Kind]["schema"]>;
type Emptiable<Kind extends keyof Kinds> = Kinds[Kind]["emptiable"][number];

/** The changes to an entry: what is undefined stays, null empties. */
export type Changes<Kind extends keyof Kinds> = {
  [Field in keyof Parsed<Kind>]:
    Parsed<Kind>[Field] | (Field extends Emptiable<Kind> ? null : never);
};

function kindOf<Schema extends z.ZodObject, const Field extends string>(
  schema: Schema,
  emptiable: readonly Field[],
) {
  return { schema, shape: jsonSchema(schema, "input"), emptiable };
}

/**
 * Reads the changes to an entry of a kind. Elsewhere null means "not given"; here it empties a field.
 *
 * @throws ToolError for a field that the kind does not have, for one that cannot be emptied, and for values
 *   that the field does not take
 */
export function readChanges<Kind extends keyof Kinds>(
  kind: Kind,
  given: Record<string, unknown>,
): Changes<Kind> {
  const { schema, shape } = KINDS[kind];
  const emptiable: readonly string[] = KINDS[kind].emptiable;
  const fields = Object.keys(schema.shape);
  const aKind = `${kind === "asset" ? "an" : "a"} ${kind}`;
  const emptied: Record<string, null> = {};
  const values: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    const field = fields.includes(name) ? name : name.replace(/_(?:id|name)$/u, "");
    if (!fields.includes(field)) {
      const asked = plain(Array.from(name).slice(0, 60).join(""));
      throw new ToolError(
        `There is no "${asked}" to change in ${aKind}; it has ${fields.join(", ")}.`,
      );
    }
    if (value !== null) values[name] = value;
    else if (emptiable.includes(field)) emptied[field] = null;
    else throw new ToolError(`The ${field} of ${aKind} cannot be emptied.`);
  }
  if (Object.keys(given).length === 0) {
    throw new ToolError(`changes is empty; ${fields.join(", ")} can be changed.`);
  }
  return { ...parseArguments(schema as z.ZodObject, shape, values), ...emptied } as Changes<Kind>;
}

/** What has become different: each of the fields that differs, as it was and as it is. */
export function difference<Entry, Field extends keyof Entry & string>(
  before: Entry,
  after: Entry,
  fields: readonly Field[],
): Record<string, [Entry[Field], Entry[Field]]> {
  return Object.fromEntries(
    fields
      .filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]))
      .map((field) => [field, [before[field], after[field]]]),
  );
}
