import * as z from "zod";
import { ToolError, oneOf } from "./errors.ts";
import { isRecord, plain } from "./render.ts";

/** The part of JSON Schema that our tools use. */
export type JsonSchema = {
  type?: string | string[];
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema;
  enum?: unknown[];
  required?: string[];
  anyOf?: JsonSchema[];
  reference?: boolean;
  /** Of an object: the field that a bare value stands for. */
  shorthand?: string;
  [key: string]: unknown;
};

/** A schema in JSON Schema, with our marks still in it. */
export function jsonSchema(schema: z.ZodType, io: "input" | "output"): JsonSchema {
  return z.toJSONSchema(schema, { io, unrepresentable: "any" }) as JsonSchema;
}

/**
 * The schema as clients see it: without what costs a model tokens and tells it nothing. That unknown
 * arguments are refused is said by the refusal; aliases are accepted though not advertised.
 */
export function advertised(schema: JsonSchema): JsonSchema {
  const { $schema, additionalProperties, reference, shorthand, properties, items, anyOf, ...rest } =
    schema;
  return {
    ...rest,
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, field]) => [name, advertised(field)]),
      ),
    }),
    ...(items && { items: advertised(items) }),
    ...(anyOf && { anyOf: anyOf.map(advertised) }),
    ...(typeof additionalProperties === "object" &&
      additionalProperties !== null && {
        additionalProperties: advertised(additionalProperties as JsonSchema),
      }),
  };
}

/**
 * Reads arguments the way they were meant: `campaign_id` for `campaign`, one value where a list is
 * expected, a bare name for a recipient, a number for a reference, yes and no for true and false, null for "not given".
 */
function understood(schema: JsonSchema, value: unknown): unknown {
  if (schema.type === "array") {
    const list = Array.isArray(value) ? (value as unknown[]) : [value];
    const { items } = schema;
    return items === undefined ? list : list.map((item) => understood(items, item));
  }
  if (schema.type === "object" && schema.properties && isRecord(value)) {
    const fields = schema.properties;
    const result: Record<string, unknown> = {};
    for (const [given, field] of Object.entries(value)) {
      // Copied, this one would be no argument any more but what the object is made of.
      if (given === "__proto__") throw new ToolError('Unknown argument "__proto__".');
      const name = Object.hasOwn(fields, given) ? given : (alias(fields, value, given) ?? given);
      const known = Object.hasOwn(fields, name) ? fields[name] : undefined;
      if (field === null && known && !takesNull(known)) continue;
      result[name] = known ? understood(known, field) : field;
    }
    return result;
  }
  if (schema.shorthand !== undefined && (typeof value === "string" || typeof value === "number")) {
    return understood(schema, { [schema.shorthand]: value });
  }
  if (schema.reference && (typeof value === "number" || typeof value === "bigint"))
    return String(value);
  if (schema.type === "boolean" && typeof value === "string") {
    if (/^(?:true|yes)$/iu.test(value)) return true;
    if (/^(?:false|no)$/iu.test(value)) return false;
  }
  return value;
}

function takesNull(schema: JsonSchema): boolean {
  return [schema.type].flat().includes("null") || (schema.anyOf?.some(takesNull) ?? false);
}

function alias(
  fields: Record<string, JsonSchema>,
  value: Record<string, unknown>,
  given: string,
): string | undefined {
  const name = /^(.+)_(?:id|name|ids|names)$/u.exec(given)?.[1];
  if (name === undefined) return undefined;
  return [name, `${name}s`].find(
    (candidate) =>
      Object.hasOwn(fields, candidate) &&
      !Object.hasOwn(value, candidate) &&
      (fields[candidate]?.reference === true || fields[candidate]?.items?.reference === true),
  );
}

/**
 * Parses a call's arguments.
 *
 * @throws ToolError that names every argument at fault, what it may be, and unknown ones by name.
 */
export function parseArguments<Schema extends z.ZodObject>(
  schema: Schema,
  shape: JsonSchema,
  given: unknown,
): z.output<Schema> {
  refuseUnstorable(given);
  const parsed = schema.safeParse(understood(shape, given ?? {}), { reportInput: true });
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => faultSentence(issue, shape));
  const first = faults.slice(0, LISTED).join(" ");
  const more = faults.length - LISTED;
  throw new ToolError(more > 0 ? `${first} (and ${String(more)} more)` : first);
}

/** How many of a kind of mistake an error names. */
const LISTED = 5;

/** Where in the arguments a value stands, e.g. `recipients[3].email`. */
function placeInWords(path: readonly PropertyKey[]): string {
  return path
    .map((step, index) =>
      typeof step === "number" ? `[${String(step)}]` : `${index === 0 ? "" : "."}${quotable(step)}`,
    )
    .join("");
}

function faultSentence(issue: z.core.$ZodIssue, shape: JsonSchema): string {
  const where = placeInWords(issue.path);
  switch (issue.code) {
    case "unrecognized_keys": {
      const allowed = Object.keys(schemaAt(shape, issue.path)?.properties ?? {});
      const prefix = where === "" ? "" : `${where}.`;
      const unknown = issue.keys.slice(0, LISTED).map((key) => `"${prefix}${quotable(key)}"`);
      const more = issue.keys.length - unknown.length;
      return `Unknown argument ${unknown.join(", ")}${more > 0 ? ` and ${String(more)} more` : ""}; the arguments are ${allowed.join(", ")}.`;
    }
    case "invalid_value":
      if (issue.input === undefined)
        return `${where} is required (${oneOf(issue.values.map(String))}).`;
      return `${where} must be ${oneOf(issue.values.map(String))}, not ${valueInWords(issue.input)}.`;
    case "invalid_type": {
      const field = schemaAt(shape, issue.path);
      if (issue.input === undefined)
        return `${where === "" ? "The call" : where} is required${kindOf(field)}.`;
      const right = field?.reference ? "an id or words" : typeInWords(issue.expected);
      return `${where === "" ? "The arguments" : where} must be ${right}, not ${valueInWords(issue.input)}.`;
    }
    case "too_small":
      return `${where} must have at least ${String(issue.minimum)} ${unitOf(issue.origin)}.`;
    case "too_big":
      return `${where} must have at most ${String(issue.maximum)} ${unitOf(issue.origin)}.`;
    default:
      return `${where} ${issue.message}.`;
  }
}

function schemaAt(schema: JsonSchema, path: readonly PropertyKey[]): JsonSchema | undefined {
  let at: JsonSchema | undefined = schema;
  for (const step of path)
    at = typeof step === "number" ? at?.items : at?.properties?.[String(step)];
  return at;
}

function kindOf(schema: JsonSchema | undefined): string {
  if (schema?.enum) return ` (${oneOf(schema.enum.map(String))})`;
  if (schema?.type === "boolean") return " (true or false)";
  return schema?.reference ? " (an id or words)" : "";
}

function unitOf(origin: string): string {
  return origin === "string" ? "characters" : "entries";
}

function typeInWords(type: string): string {
  if (type === "array") return "a list";
  if (type === "boolean") return "true or false";
  if (type === "record") return "an object";
  return /^[aeiou]/u.test(type) ? `an ${type}` : `a ${type}`;
}

/** A caller's own value in a sentence, short enough to be quoted back. */
export function valueInWords(value: unknown): string {
  if (typeof value === "string") return `"${quotable(value)}"`;
  if (Array.isArray(value)) return "a list";
  return isRecord(value) ? "an object" : String(value);
}

/** A caller's own words, cut likewise. */
export function quotable(value: PropertyKey): string {
  const words = String(value);
  return plain(
    words.length > 60 ? `${Array.from(words.slice(0, 120)).slice(0, 60).join("")}…` : words,
  );
}

/** Deeper than any argument has reason to be, and far from what a stack takes. */
const DEEPEST = 50;

/**
 * PostgreSQL's text holds neither U+0000 nor half a surrogate pair.
 *
 * @param path leads to the value; changed meanwhile, as a list of thousands would else make as many
 */
function refuseUnstorable(value: unknown, path: PropertyKey[] = []): void {
  if (path.length > DEEPEST) {
    throw new ToolError(
      `The arguments hold lists or objects more than ${String(DEEPEST)} levels deep; no argument needs that.`,
    );
  }
  if (typeof value === "string") {
    refuseUnstorableText(value, () => placeInWords(path));
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      path.push(index);
      refuseUnstorable(item, path);
      path.pop();
    }
  } else if (isRecord(value)) {
    for (const [key, item] of Object.entries(value)) {
      refuseUnstorableText(key, () => "The name of an argument");
      path.push(key);
      refuseUnstorable(item, path);
      path.pop();
    }
  }
}

function refuseUnstorableText(text: string, where: () => string): void {
  if (text.includes("\u0000")) {
    throw new ToolError(`${where()} holds the character U+0000, which no text may hold.`);
  }
  if (!text.isWellFormed()) {
    throw new ToolError(`${where()} holds half of a surrogate pair, which is not a character.`);
  }
}
