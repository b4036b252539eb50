import { format, resolveConfig } from "prettier";
import type postgres from "postgres";
import { readCatalog } from "../../workbench/catalog.ts";
import { functionsSection } from "./functions.ts";
import { diagramSection, tablesSection } from "./tables.ts";

/**
 * DATABASE.md as it should be: what is between its markers is made from a migrated database, the
 * rest stays as it is written.
 *
 * @throws when the document lacks a marker or a table lacks its explanation
 */
export async function currentDocument(document: string, sql: postgres.Sql): Promise<string> {
  const relations = await readCatalog(sql, ["public", "outreach", "dbmate"]);
  const sections = {
    diagram: diagramSection(relations),
    tables: tablesSection(relations),
    functions: await functionsSection(sql),
  };
  let current = document;
  for (const [name, section] of Object.entries(sections))
    current = replaced(current, name, section);
  const settings = await resolveConfig("DATABASE.md");
  return format(current, { ...settings, parser: "markdown" });
}

function replaced(document: string, name: string, section: string): string {
  const begin = `<!-- ${name}: written by npm run docs -->`;
  const end = `<!-- end of ${name} -->`;
  const [before, rest] = split(document, begin);
  const [, after] = split(rest, end);
  return `${before}${begin}\n\n${section}\n\n${end}${after}`;
}

function split(text: string, marker: string): [before: string, after: string] {
  const at = text.indexOf(marker);
  if (at < 0) throw new Error(`DATABASE.md lacks the marker ${marker}`);
  return [text.slice(0, at), text.slice(at + marker.length)];
}
