/**
 * Fills `{{params.x}}` the way Brevo does: escaped in a page, with `|default:`. The rest of its
 * language is left as it stands: enough to see what a person would read.
 */
export function rendered(text: string, params: Record<string, unknown>, page: boolean): string {
  return text.replace(
    /\{\{\s*params\.([\w.]+)\s*(?:\|\s*default:\s*(?:"([^"]*)"|'([^']*)')\s*)?\}\}/gu,
    (_whole, path: string, double?: string, single?: string) => {
      const value = path
        .split(".")
        .reduce<unknown>(
          (at, field) =>
            typeof at === "object" && at !== null
              ? (at as Record<string, unknown>)[field]
              : undefined,
          params,
        );
      const filled =
        typeof value === "string" || typeof value === "number" || typeof value === "boolean"
          ? String(value)
          : "";
      const words = filled === "" ? (double ?? single ?? "") : filled;
      return page ? escaped(words) : words;
    },
  );
}

function escaped(text: string): string {
  const entities: Record<string, string> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return text.replace(/[&<>"']/gu, (character) => entities[character] ?? character);
}
