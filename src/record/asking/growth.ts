import { ToolError } from "../../mcp/errors.ts";
import { isRecord } from "../../mcp/render.ts";

type Node = Readonly<Record<string, unknown>>;

/** Rows that a series written with numbers may have. */
const LONGEST_SERIES = 10_000;

/** How much longer a part of a statement may make a text: by how many such texts, and how many times over. */
export interface Growth {
  adds: number;
  times: number;
}

/**
 * How much longer a node may make a text that it is given.
 *
 * @throws ToolError where that cannot be known beforehand
 */
export function growthOf(kind: string, node: Node): Growth {
  if (kind === "A_ArrayExpr") return { adds: listOf(node["elements"]).length, times: 1 };
  if (kind === "A_Expr") return { adds: lastName(node["name"]) === "||" ? 1 : 0, times: 1 };
  // Read as text, a row within a row has every quote twice.
  if (kind === "RowExpr") return { adds: 0, times: 2 };
  return kind === "FuncCall" ? ofFunction(node) : { adds: 0, times: 1 };
}

function ofFunction(node: Node): Growth {
  const args = listOf(node["args"]);
  switch (lastName(node["funcname"])) {
    case "concat":
    case "concat_ws":
      return { adds: args.length, times: 1 };
    case "replace":
      return { adds: 0, times: Math.max(1, textOf("the replacement", args[2]).length) };
    case "regexp_replace":
      // What matches nothing is replaced between all characters.
      return { adds: 0, times: 1 + textOf("the replacement", args[2]).length };
    case "string_to_array":
      return { adds: 0, times: 4 };
    case "array_to_string":
      return { adds: 0, times: 1 + lengthBetween(args) };
    default:
      return { adds: 0, times: 1 };
  }
}

function lengthBetween([, between, forNull]: readonly unknown[]): number {
  const empty = forNull === undefined ? "" : textOf("the text for null", forNull);
  return Math.max(textOf("the text between", between).length, empty.length);
}

/** @throws ToolError for a series written with numbers that has more rows than any question needs */
export function refuseEndlessSeries(args: readonly unknown[]): void {
  const [from, to, step = 1] = args.map(numberOf);
  if (typeof from !== "number" || typeof to !== "number" || step === null) return;
  if (step === 0 || Math.abs(to - from) / Math.abs(step) > LONGEST_SERIES) {
    throw new ToolError(`generate_series may have up to ${String(LONGEST_SERIES)} rows.`);
  }
}

function numberOf(node: unknown): number | null {
  if (!isRecord(node)) return null;
  const negated = node["A_Expr"];
  if (isRecord(negated) && negated["lexpr"] === undefined && lastName(negated["name"]) === "-") {
    const value = numberOf(negated["rexpr"]);
    return value === null ? null : -value;
  }
  const constant = node["A_Const"];
  if (!isRecord(constant)) return null;
  const { ival, fval } = constant;
  if (isRecord(ival)) return Number(ival["ival"] ?? 0);
  return isRecord(fval) ? Number(fval["fval"]) : null;
}

function textOf(what: string, node: unknown): string {
  const constant = isRecord(node) ? node["A_Const"] : undefined;
  const said = isRecord(constant) ? constant["sval"] : undefined;
  if (!isRecord(said)) throw new ToolError(`In sql, ${what} must be written as a text in quotes.`);
  const { sval } = said;
  return typeof sval === "string" ? sval : "";
}

function lastName(names: unknown): string {
  const last = listOf(names).at(-1);
  const said = isRecord(last) ? last["String"] : undefined;
  return isRecord(said) ? String(said["sval"]) : "";
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
