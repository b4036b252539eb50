import { readFile } from "node:fs/promises";
import { withSections } from "./sections.ts";

interface Layer {
  name: string;
  where: string[];
  job: string;
  mayUse: string[];
  packages?: string[];
}

const TABLE = new URL("../walls/layers.json", import.meta.url);

/**
 * CLAUDE.md as it should be: its table of layers says what lint reads.
 *
 * @throws when the document lacks the table's markers
 */
export async function currentMap(document: string): Promise<string> {
  const layers = JSON.parse(await readFile(TABLE, "utf8")) as Layer[];
  const rows = layers.map(({ name, where, job, mayUse, packages = [] }) => {
    const places = where.map((glob) => `\`${glob.replace(/\*\*$/u, "")}\``).join(" ");
    const used =
      [...mayUse, ...packages.map((each) => `\`${each}\``)].join(", ") || "nothing of ours";
    return `| ${name} | ${places} | ${job} | ${mayUse.includes("*") ? "everything" : used} |`;
  });
  return withSections(document, {
    // Columns as wide as the longest job would be mostly blanks.
    house: [
      "<!-- prettier-ignore -->",
      "| layer | where | job | may use |\n| --- | --- | --- | --- |",
      ...rows,
    ].join("\n"),
  });
}
