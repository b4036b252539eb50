import { format, resolveConfig } from "prettier";

/**
 * A document with what is between its markers replaced, formatted; the rest stays as it is written.
 *
 * @param document Markdown with a pair of markers for each section
 * @param sections by the name that their markers have
 * @throws when the document lacks a marker
 */
export function withSections(document: string, sections: Record<string, string>): Promise<string> {
  let current = document;
  for (const [name, section] of Object.entries(sections))
    current = replaced(current, name, section);
  return formatted(current);
}

/** Markdown as the project's formatter leaves it. */
export async function formatted(document: string): Promise<string> {
  return format(document, { ...(await resolveConfig("README.md")), parser: "markdown" });
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
  if (at < 0) throw new Error(`The document lacks the marker ${marker}`);
  return [text.slice(0, at), text.slice(at + marker.length)];
}
