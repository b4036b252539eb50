import type { Column, Relation } from "../../workbench/catalog.ts";
import { PURPOSES } from "./purposes.ts";

/** @throws when purposes.ts explains a table that is not there */
export function refuseStalePurposes(relations: readonly Relation[]): void {
  const known = new Set(relations.map(nameOf));
  const stale = Object.keys(PURPOSES).filter((name) => !known.has(name));
  if (stale.length > 0) {
    throw new Error(`scripts/document/purposes.ts explains what is not there: ${stale.join(", ")}`);
  }
}

/** The relationship diagram: tables, their keys, and what refers to what. */
export function diagramOf(relations: readonly Relation[]): string {
  const tables = relations.filter(({ kind }) => kind === "table");
  const entities = tables.map((relation) => {
    const keys = relation.columns
      .map((column) => ({ column, marks: marksOf(relation, column) }))
      .filter(({ marks }) => marks !== "")
      .map(({ column, marks }) => `    ${word(shortType(column.type))} ${column.name} ${marks}`);
    return `  ${word(nameOf(relation))} {\n${keys.join("\n")}\n  }`;
  });
  const references = tables.flatMap((relation) =>
    foreignKeys(relation).map(({ columns, table }) => {
      const optional = relation.columns.some(
        ({ name, nullable }) => columns.includes(name) && nullable,
      );
      return `  ${word(table)} ${optional ? "|o" : "||"}--o{ ${word(nameOf(relation))} : ${word(columns.join("_"))}`;
    }),
  );
  return ["```mermaid", "erDiagram", ...entities, ...new Set(references), "```"].join("\n");
}

/** What a table or view is for, its columns and its constraints. */
export function tableOf(relation: Relation): string {
  const name = nameOf(relation);
  const purpose = PURPOSES[name];
  const words = [purpose?.is, relation.comment && `${relation.comment}.`].filter(Boolean).join(" ");
  if (words === "") throw new Error(`Say in scripts/document/purposes.ts what ${name} is for.`);
  const view = relation.kind === "view";
  const rows = relation.columns.map((column) =>
    [
      `\`${column.name}\``,
      shortType(column.type),
      ...(view ? [] : [column.nullable ? "yes" : "no", defaultOf(column)]),
      cell(column.comment ?? purpose?.columns?.[column.name] ?? ""),
    ].join(" | "),
  );
  const head = view
    ? ["Column", "Type", "Meaning"]
    : ["Column", "Type", "Null", "Default", "Meaning"];
  return parts(
    headingOf(relation),
    words,
    [head.join(" | "), head.map(() => "---").join(" | "), ...rows]
      .map((row) => `| ${row} |`)
      .join("\n"),
    list(
      "Constraints",
      relation.constraints.map(({ name: own, definition }) => [own, plain(definition)]),
    ),
  );
}

/** What a view tells and its columns, under no heading of its own. */
export function viewOf(relation: Relation): string {
  const [, words = "", table = ""] = tableOf(relation).split("\n\n");
  return parts(`**${relation.name}**: ${words}`, table);
}

/** The indexes and triggers of a table; nothing for one that has none. */
export function besideTable(relation: Relation): string {
  const beside = indexesAndTriggers(relation);
  return beside && parts(headingOf(relation), beside);
}

/** As `tableOf`, with indexes and triggers. */
export function tableInFull(relation: Relation): string {
  return parts(tableOf(relation), indexesAndTriggers(relation));
}

function indexesAndTriggers({ indexes, triggers }: Relation): string {
  return parts(
    list(
      "Indexes",
      indexes.map(({ name, definition }) => [name, indexOf(definition)]),
    ),
    list(
      "Triggers",
      triggers.map(({ name, definition }) => [name, triggerOf(definition)]),
    ),
  );
}

function headingOf(relation: Relation): string {
  return `### ${nameOf(relation)}${relation.kind === "view" ? " (view)" : ""}`;
}

function parts(...given: string[]): string {
  return given.filter((part) => part !== "").join("\n\n");
}

function list(title: string, entries: [name: string, definition: string][]): string {
  if (entries.length === 0) return "";
  return [
    `${title}:`,
    "",
    ...entries.map(([name, definition]) => `- \`${name}\`: \`${definition}\``),
  ].join("\n");
}

function nameOf({ schema, name }: Relation): string {
  return schema === "public" ? name : `${schema}.${name}`;
}

function marksOf(relation: Relation, column: Column): string {
  const primary = relation.constraints.some(({ definition }) =>
    new RegExp(`^PRIMARY KEY \\(.*\\b${column.name}\\b`).test(definition),
  );
  const foreign = foreignKeys(relation).some(({ columns }) => columns.includes(column.name));
  return [primary && "PK", foreign && "FK"].filter(Boolean).join(",");
}

function foreignKeys({ constraints }: Relation): { columns: string[]; table: string }[] {
  return constraints.flatMap(({ definition }) => {
    const parts = /^FOREIGN KEY \((.+?)\) REFERENCES ([^(]+)\(/.exec(definition);
    const [, columns, table] = parts ?? [];
    return columns && table ? [{ columns: columns.split(", "), table }] : [];
  });
}

function shortType(type: string): string {
  return type
    .replace("character varying", "varchar")
    .replace("timestamp with time zone", "timestamptz")
    .replace("timestamp without time zone", "timestamp");
}

function defaultOf({ default: value }: Column): string {
  if (value === null) return "";
  if (value.startsWith("nextval(")) return "counts up";
  return cell(`\`${value.replaceAll("::character varying", "")}\``);
}

function indexOf(definition: string): string {
  const parts = /^CREATE (UNIQUE )?INDEX .+? USING (.*)$/s.exec(definition);
  return `${parts?.[1] ?? ""}${parts?.[2] ?? definition}`;
}

function triggerOf(definition: string): string {
  return definition.replace(/^CREATE TRIGGER \S+ /, "");
}

/** A constraint on one line, without the casts that PostgreSQL writes into it. */
function plain(definition: string): string {
  if (!definition.startsWith("CHECK")) return definition;
  return definition
    .replace(/\s*\n\s*/g, " ")
    .replace(/::(?:character varying|text|jsonb)(?!\[)/g, "")
    .replace(/(?<!\w)\((\w+)\)(?! *$)/g, "$1")
    .replace(/(\w+) = ANY \(\(?ARRAY\[(.*?)\](?:\)::text\[\])?\)/g, "$1 IN ($2)")
    .replace(/^CHECK \(\((.*)\)\)$/, "CHECK ($1)");
}

/** Mermaid takes letters, digits and underscores. */
function word(text: string): string {
  return text.replace(/\W+/g, "_").replace(/_+$/, "");
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}
