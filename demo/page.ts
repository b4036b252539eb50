import { stripVTControlCharacters, styleText } from "node:util";

/** What a demo prints on: a terminal, or a file when its output is redirected. */
export interface Page {
  title(text: string): void;
  /** A paragraph in the demo's own words. */
  note(text: string): void;
  /** What a person asks for. */
  request(words: string): void;
  /** What the server answered: the tool's name, and its words. */
  answer(tool: string, text: string): void;
  /** What the server has a person asked. */
  question(words: string): void;
  /** What the demo says of an answer. */
  aside(words: string): void;
  /** Some lines of an answer's table, and in words what was left out of it. */
  excerpt(rows: readonly (readonly string[])[], leftOut: string): void;
}

const COLUMNS = { least: 60, most: 100, unknown: 88 };

/** A page as wide as the terminal, up to what is pleasant to read; in colour where there is any. */
export function page(output: NodeJS.WriteStream = process.stdout): Page {
  const width = Math.min(
    COLUMNS.most,
    Math.max(COLUMNS.least, output.isTTY ? output.columns : COLUMNS.unknown),
  );
  const inColour = output.isTTY && output.hasColors();
  const style = (format: Parameters<typeof styleText>[0], text: string) =>
    inColour ? styleText(format, text) : text;
  const print = (text = "") => output.write(`${text}\n`);
  return {
    title: (text) => {
      print();
      print(style("bold", `== ${text} `.padEnd(width, "=")));
    },
    note: (text) => {
      print(wrapped(text, width, ""));
    },
    request: (words) => {
      print();
      print(style("bold", wrapped(words, width, "> ", "  ")));
    },
    answer: (tool, text) => {
      print(wrapped(`${tool}: ${text}`, width, "  ").replace(tool, (name) => style("cyan", name)));
    },
    question: (words) => {
      const [first = "", ...others] = words.split("\n");
      print(style("bold", wrapped(`? ${first}`, width, "  ", "    ")));
      for (const line of others) print(style("bold", wrapped(line, width, "    ", "      ")));
    },
    aside: (words) => {
      print(style("dim", wrapped(`(${words})`, width, "    ")));
    },
    excerpt: (rows, leftOut) => {
      const widths = rows.reduce<number[]>(
        (widest, row) => row.map((cell, index) => Math.max(cell.length, widest[index] ?? 0)),
        [],
      );
      for (const row of rows) {
        const line = row.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join("  ");
        print(cut(`    ${line.trimEnd()}`, width));
      }
      if (leftOut !== "") print(style("dim", wrapped(`(${leftOut})`, width, "    ")));
    },
  };
}

function wrapped(text: string, width: number, first: string, next = first): string {
  const lines: string[] = [];
  let line = first;
  let indent = first;
  for (const word of text.split(" ")) {
    if (line.length > indent.length && line.length + word.length >= width) {
      lines.push(line.trimEnd());
      line = next;
      indent = next;
    }
    line += `${word} `;
  }
  return [...lines, line.trimEnd()].join("\n");
}

function cut(line: string, width: number): string {
  const text = stripVTControlCharacters(line);
  return text.length > width ? `${text.slice(0, width - 1)}…` : text;
}

/** A page on which nothing is printed, for who wants the demo's record and not its story. */
export const SILENT: Page = {
  title: () => undefined,
  note: () => undefined,
  request: () => undefined,
  answer: () => undefined,
  question: () => undefined,
  aside: () => undefined,
  excerpt: () => undefined,
};
