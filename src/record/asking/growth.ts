import { ToolError } from "../../mcp/errors.ts";
import { isRecord } from "../../mcp/render.ts";

type Node = Readonly<Record<string, unknown>>;

/** Rows that a series written with numbers may have. */
const LONGEST_SERIES = 10_000;

/**
 * By how many times its own length a node may lengthen a text that it is given.
 *
 * @throws ToolError where that cannot be known beforehand
 */
export function growthOf(kind: string, node: Node): number {
  if (kind === "A_ArrayExpr") return listOf(node["elements"]).length;
  if (kind === "RowExpr") return listOf(node["args"]).length;
  if (kind === "A_Expr") return lastName(node["name"]) === "||" ? 1 : 0;
  if (kind !== "FuncCall") return 0;
  const args = listOf(node["args"]);
  switch (lastName(node["funcname"])) {
    case "concat":
    case "concat_ws":
      return args.length;
    case "replace":
    case "regexp_replace":
      return textOf("the replacement", args[2]).length;
    case "array_to_string":
      return textOf("the text between", args[1]).length;
    case "to_char":
      return textOf("the format", args[1]).length > 100 ? 100 : 0;
    default:
      return 0;
  }
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
