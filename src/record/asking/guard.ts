import { ToolError } from "../../mcp/errors.ts";
import { isRecord, plain } from "../../mcp/render.ts";
import { FUNCTIONS, INSTEAD, NODES, OPERATORS, TYPES, VALUE_WORDS } from "./allowed.ts";
import { growthOf, refuseEndlessSeries, type Growth } from "./growth.ts";
import { nearest } from "../../words/nearest.ts";
import { VIEWS } from "./views.ts";

type Node = Readonly<Record<string, unknown>>;

/** Bounds on a statement: far beyond any question, and near enough for planning it to take no time. */
const MOST = { nodes: 4000, depth: 200, relations: 30, selects: 16, columns: 100, growth: 1000 };

/**
 * Lets a statement through that is a SELECT over the views, made of what is on the lists of allowed.ts and of nothing
 * else.
 *
 * @param tree as PostgreSQL's grammar reads it
 * @throws ToolError that says what is not taken, and what would be
 */
export function guard(tree: unknown): void {
  if (!isRecord(tree) || !("SelectStmt" in tree)) {
    const [kind = ""] = Object.keys(tree ?? {});
    throw new ToolError(
      `sql must be a SELECT: ask_database only reads, and takes no ${inWords(kind)}.`,
    );
  }
  new Visit().statement(tree);
}

class Visit {
  readonly #relations = new Set<string>();
  readonly #steps = new Set<string>();
  #nodes = 0;
  #reads = 0;
  #selects = 0;
  /** By how much texts may grow in each SELECT that is being visited, from the outermost in. */
  readonly #levels: Growth[] = [];
  /** By how many times they may in all those that were. */
  #growth = 1;

  statement(tree: Node): void {
    this.#several(tree, 0);
    if (this.#reads > MOST.relations) {
      throw new ToolError("sql reads too many things at once; ask in several questions.");
    }
    for (const name of this.#relations) {
      if (name in VIEWS || this.#steps.has(name)) continue;
      throw new ToolError(
        `There is no view "${plain(name)}"${nearest(name, Object.keys(VIEWS))}. The views: ${Object.keys(VIEWS).join(", ")}.`,
      );
    }
  }

  #several(value: unknown, depth: number): void {
    if (Array.isArray(value)) {
      for (const one of value) this.#several(one, depth);
    } else if (isRecord(value)) {
      // An empty one stands where nothing was written, as in a plain DISTINCT.
      for (const [kind, node] of Object.entries(value)) this.#one(kind, node as Node, depth + 1);
    }
  }

  #one(kind: string, node: Node, depth: number, isArm = false): void {
    this.#nodes += 1;
    if (depth > MOST.depth || this.#nodes > MOST.nodes) {
      throw new ToolError("sql is too long or nested too deeply; ask in several questions.");
    }
    const fields = NODES[kind];
    if (!fields)
      throw new ToolError(
        `${inWords(kind)} is not taken: ask_database takes a SELECT over its views.`,
      );
    this.#check(kind, node);
    const isLevel = kind === "SelectStmt" && !isArm;
    if (isLevel) this.#levels.push({ adds: 1, times: 1 });
    this.#grow(growthOf(kind, node));
    for (const [name, value] of Object.entries(node)) {
      const field = fields[name];
      if (name === "location" || field === "value") continue;
      if (field === undefined)
        throw new ToolError(FIELDS[name] ?? `${inWords(name)} is not taken in sql.`);
      if (field === "nodes") this.#several(value, depth);
      else this.#one(field, value as Node, depth + 1, kind === "SelectStmt" && field === kind);
    }
    if (isLevel) this.#leave();
  }

  #grow({ adds, times }: Growth): void {
    const level = this.#levels.at(-1);
    if (level === undefined) return;
    level.adds += adds;
    level.times *= times;
  }

  #leave(): void {
    const { adds, times } = this.#levels.pop() ?? { adds: 1, times: 1 };
    this.#growth *= adds * times;
    this.#selects += 1;
    if (this.#selects > MOST.selects) {
      throw new ToolError("sql has too many steps; ask in several questions.");
    }
    if (this.#growth > MOST.growth) {
      throw new ToolError(
        "sql puts texts together step upon step, which could grow without bound; put them together once.",
      );
    }
  }

  #check(kind: string, node: Node): void {
    if (kind === "SelectStmt" && listOf(node["targetList"]).length > MOST.columns) {
      throw new ToolError("sql asks for more than 100 columns; name those that are needed.");
    }
    if (kind === "RangeVar") this.#relation(node);
    if (kind === "CommonTableExpr") this.#step(String(node["ctename"]));
    if (kind === "WithClause" && node["recursive"] === true) {
      throw new ToolError("WITH RECURSIVE is not taken; generate_series makes a series.");
    }
    if (kind === "FuncCall") checkFunction(node);
    if (kind === "TypeName") checkType(namesIn(node["names"]));
    if (kind === "A_Expr" && !String(node["kind"]).includes("BETWEEN")) checkOperator(node["name"]);
    if (kind === "SubLink") {
      if (node["subLinkType"] === "ARRAY_SUBLINK") {
        throw new ToolError("ARRAY(SELECT …) is not taken; string_agg puts values together.");
      }
      checkOperator(node["operName"]);
    }
    if (kind === "SQLValueFunction" && !VALUE_WORDS.has(String(node["op"]))) {
      throw new ToolError(
        "Words like CURRENT_USER are not taken; the views tell of the organiser's record alone.",
      );
    }
    if (
      kind === "A_Indirection" &&
      listOf(node["indirection"]).some((one) => !isRecord(one) || !("A_Indices" in one))
    ) {
      throw new ToolError("(value).field is not taken; name the column as view.column.");
    }
  }

  #relation({ schemaname, relname }: Node): void {
    const name = relname as string;
    if (schemaname !== undefined && schemaname !== "ask") {
      throw new ToolError(
        `Schema "${plain(schemaname as string)}" is not read here; the views stand without a schema: ${Object.keys(VIEWS).join(", ")}.`,
      );
    }
    this.#reads += 1;
    this.#relations.add(name);
  }

  #step(name: string): void {
    // Out of its reach the name would mean PostgreSQL's own table.
    if (/^pg_/iu.test(name))
      throw new ToolError("A step of WITH must not be named pg_…; name it otherwise.");
    this.#steps.add(name);
  }
}

function checkFunction(node: Node): void {
  const names = namesIn(node["funcname"]);
  const name = names.at(-1) ?? "";
  const isOwn =
    names.length === 1 ||
    (names.length === 2 && names[0] === "pg_catalog" && name !== "string_agg");
  if (!isOwn || !FUNCTIONS.has(name)) {
    const instead = INSTEAD[name];
    const hint = instead === undefined ? nearest(name, FUNCTIONS) : `; ${instead} serves`;
    throw new ToolError(
      `The function ${plain(names.join("."))} is not taken${hint}. Aggregates, windows, dates, texts, numbers and jsonb are.`,
    );
  }
  if (name === "generate_series") refuseEndlessSeries(listOf(node["args"]));
}

function checkType(names: readonly string[]): void {
  const name = names.at(-1) ?? "";
  if ((names.length === 1 || names[0] === "pg_catalog") && names.length < 3 && TYPES.has(name))
    return;
  throw new ToolError(
    `The type ${plain(names.join("."))} is not taken${nearest(name, TYPES)}. Taken are ${[...TYPES].join(", ")}.`,
  );
}

function checkOperator(name: unknown): void {
  const names = namesIn(name);
  const isOwn = names.length < 2 || (names.length === 2 && names[0] === "pg_catalog");
  if (names.length === 0 || (isOwn && OPERATORS.has(names.at(-1) ?? ""))) return;
  throw new ToolError(`The operator ${plain(names.join("."))} is not taken.`);
}

/** What is said of a part of a statement that is not taken. */
const FIELDS: Readonly<Record<string, string>> = {
  intoClause: "SELECT INTO makes a table, and ask_database only reads; leave INTO out.",
  lockingClause: "FOR UPDATE and the like lock rows, and ask_database only reads; leave it out.",
  catalogname: "Another database is not read here; the views stand without a schema.",
  func_variadic: "VARIADIC is not taken.",
  pct_type: "%TYPE is not taken; name the type.",
  setof: "SETOF is not taken.",
  coldeflist: "A list of columns with types after a function is not taken.",
};

/** What a person calls a node: InsertStmt is INSERT. */
function inWords(kind: string): string {
  if (kind === "ParamRef") return "A parameter such as $1 (write the value itself)";
  return kind
    .replace(/(?:Stmt|Expr|Clause)$/u, "")
    .replace(/(?<=[a-z])(?=[A-Z])|_/gu, " ")
    .toUpperCase();
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function namesIn(value: unknown): string[] {
  return listOf(value).map((one) => {
    const said = isRecord(one) ? one["String"] : undefined;
    return isRecord(said) ? String(said["sval"]) : "*";
  });
}
