import { isRecord } from "../mcp/render.ts";
import { jsonSchema, type JsonSchema } from "../mcp/schema.ts";
import type { Tool } from "../mcp/tool.ts";

/** What a cell holds; null where it is empty. */
export type Cell = string | number | boolean | null;

/** A row of an answer, as the answer has it. */
export type Row = Readonly<Record<string, unknown>>;

/** A column of a table. */
export interface Column {
  /** As in the answer, e.g. `campaign.name`. */
  name: string;
  /** The field of the row that it shows, or shows a part of. */
  field: string;
  /** Holds days (`2026-11-14`) or times (ISO 8601 with an offset), where anything. */
  isTime: boolean;
  cellOf: (row: Row) => Cell;
}

/** An answer as a table. */
export interface Table {
  /** Which list of the answer its rows are. */
  list: string;
  columns: Column[];
  /** The rows among the facts of a page. */
  rowsOf(facts: Row): Row[];
  /** Other lists and objects of the answer that hold something, none of which is in the table. */
  leftOut: string[];
}

/**
 * Reads a question's answer as a table.
 *
 * @param args the question's, as `parseArguments` read them
 * @param facts of its first page
 */
export function tableOf(tool: Tool<never>, args: Row, facts: Row): Table {
  const answer = jsonSchema(tool.output, "output");
  const list = tool.mainList?.(args as never) ?? listsOf(answer)[0] ?? "";
  const [outer = "", inner] = list.split(".");
  const items = itemsOf(answer, outer);
  const inTable = new Set([...ABOUT_ALL, outer, ...(items?.type === "array" ? ["columns"] : [])]);
  const leftOut = Object.keys(answer.properties ?? {}).filter(
    (name) => !inTable.has(name) && typeof facts[name] === "object" && holdsAny(facts[name]),
  );
  if (items?.type === "array") return { list, leftOut, ...namedApart(facts["columns"], outer) };
  const rows = (page: Row) => listIn(page, outer);
  if (inner === undefined) {
    return { list, leftOut, columns: columnsOf(items), rowsOf: rows };
  }
  // Each row of the inner list, with what is said of the one that it is in.
  const { [inner]: own, ...around } = items?.properties ?? {};
  const about = Object.keys(around).filter((name) => around[name]?.type !== "array");
  const each = { ...Object.fromEntries(about.map((name) => [name, around[name] ?? {}])) };
  return {
    list,
    leftOut: [
      ...leftOut,
      ...Object.keys(around)
        .filter((name) => around[name]?.type === "array")
        .filter((name) => rows(facts).some((row) => holdsAny(row[name])))
        .map((name) => `${outer}.${name}`),
    ],
    columns: columnsOf({ properties: { ...each, ...own?.items?.properties } }),
    rowsOf: (page) =>
      rows(page).flatMap((row) => {
        const said = Object.fromEntries(about.map((name) => [name, row[name]]));
        return listIn(row, inner).map((item) => ({ ...said, ...item }));
      }),
  };
}

/** Names of an answer's lists of rows, in their order. */
function listsOf(answer: JsonSchema): string[] {
  return Object.keys(answer.properties ?? {}).filter((name) => {
    const items = itemsOf(answer, name);
    return items?.properties !== undefined || items?.type === "array";
  });
}

function itemsOf(answer: JsonSchema, name: string): JsonSchema | undefined {
  return answer.properties?.[name]?.items;
}

function listIn(facts: Row, name: string): Row[] {
  const list = facts[name];
  return Array.isArray(list) ? list.filter(isRecord) : [];
}

/** What is said of a saved answer beside its file, and what its numbers mean. */
const ABOUT_ALL = ["resolved", "filter", "meaning"];

/** Whether anything is in a list or an object: zeros are not, nor what is empty itself. */
function holdsAny(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return isRecord(value) ? Object.values(value).some(holdsAny) : Boolean(value);
}

/** The columns of rows: a field each, and one for each field of a row in it. */
function columnsOf(rows: JsonSchema | undefined, path: readonly string[] = []): Column[] {
  return Object.entries(rows?.properties ?? {}).flatMap(([name, field]) => {
    const at = [...path, name];
    const fields = [field, ...(field.anyOf ?? [])].find(({ properties }) => properties);
    if (fields) return columnsOf(fields, at);
    const cellOf = (row: Row) =>
      cell(at.reduce<unknown>((value, step) => fieldOf(value, step), row));
    return [{ name: at.join("."), field: at[0] ?? name, isTime: IS_TIME.test(name), cellOf }];
  });
}

/** What times and days are called in every answer. */
const IS_TIME = /(?:^|_)(?:at|date|due|since|from|to|week)$/u;

function fieldOf(value: unknown, name: string): unknown {
  return isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** Rows that are lists of values, whose columns the answer names; of two columns of one name, the later is numbered. */
function namedApart(given: unknown, list: string): Pick<Table, "columns" | "rowsOf"> {
  const names: string[] = [];
  const columns = (given as { name: string; type: string }[]).map(({ name, type }) => {
    let own = name;
    for (let number = 2; names.includes(own); number += 1) own = `${name} (${String(number)})`;
    names.push(own);
    const cellOf = (row: Row) => cell(fieldOf(row, own));
    return { name: own, field: own, isTime: /^(?:date|timestamp)/u.test(type), cellOf };
  });
  return {
    columns,
    rowsOf: (facts) =>
      (facts[list] as unknown[][]).map((row) =>
        Object.fromEntries(row.map((value, index) => [names[index] ?? "", value])),
      ),
  };
}

function cell(value: unknown): Cell {
  if (value === undefined || value === null) return null;
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean")
    return value;
  const words = inWords(value);
  return words === "" ? null : words;
}

/** Several values in one cell: `speaker, event Data Day 2025; attendee`. */
function inWords(value: unknown): string {
  if (Array.isArray(value)) return value.map(inWords).join("; ");
  if (!isRecord(value)) return String(value);
  const fields = Object.entries(value).filter(([, each]) => each !== null && !isEmptyList(each));
  const name = fields.find(([key]) => key === "name" || key === "title");
  const said = fields
    .filter((field) => field !== name && !(name && /^(?:.+_)?id$/u.test(field[0])))
    .map(([key, each]) => `${key} ${inWords(each)}`)
    .join(", ");
  if (name === undefined) return said;
  return said === "" ? String(name[1]) : `${String(name[1])} (${said})`;
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}
