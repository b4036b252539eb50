import type postgres from "postgres";
import { readCatalog } from "../../workbench/catalog.ts";
import { functionsSection } from "./functions.ts";
import { formatted, withSections } from "./sections.ts";
import {
  besideTable,
  diagramOf,
  refuseStalePurposes,
  tableInFull,
  tableOf,
  viewOf,
} from "./tables.ts";

/**
 * DATABASE.md as it should be: its diagram, the tables of `public` and the views of `ask` are made from a
 * migrated database, the rest stays as it is written.
 *
 * @throws when the document lacks a marker or a table lacks its explanation
 */
export async function currentDatabase(document: string, sql: postgres.Sql): Promise<string> {
  const tables = await readCatalog(sql, ["public"]);
  return withSections(document, {
    diagram: diagramOf(tables),
    tables: tables.map(tableOf).join("\n\n"),
    views: (await readCatalog(sql, ["ask"])).map(viewOf).join("\n\n"),
  });
}

/**
 * DATABASE_INTERNALS.md, made from a migrated database as a whole: what belongs to the tables of
 * `public` beside columns and constraints, and all that the program keeps for itself.
 *
 * @throws when a table lacks its explanation
 */
export async function currentInternals(sql: postgres.Sql): Promise<string> {
  const relations = await readCatalog(sql, ["public", "outreach", "dbmate"]);
  refuseStalePurposes(relations);
  const of = (wanted: string) => relations.filter(({ schema }) => schema === wanted);
  return formatted(
    [
      "# Inside the database",
      "Written by `npm run docs` from the migrations. [DATABASE.md](DATABASE.md) explains the fourteen tables of `public`; here are their indexes and triggers, and what the program keeps for itself.",
      "## Schema `public`: indexes and triggers",
      ...of("public").map(besideTable),
      "## Schema `outreach`: what the program keeps for itself",
      diagramOf(of("outreach")),
      ...of("outreach").map(tableInFull),
      "## Functions of `outreach`",
      await functionsSection(sql),
      "## Schema `dbmate`: the history of migrations",
      ...of("dbmate").map(tableInFull),
    ].join("\n\n"),
  );
}
