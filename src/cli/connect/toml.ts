import { parse, stringify, TomlError } from "smol-toml";
import { isRecord, type SettingsFormat, Unreadable } from "./format.ts";

/**
 * TOML. An entry is a table of its own with the tables below it: the lines from its header to the next
 * one's are taken out, and new ones stand at the end of the text, which is right wherever a table may be
 * begun. What is written in another way is not changed but noticed by `changed`.
 */
export const TOML_FORMAT: SettingsFormat = {
  read(text) {
    try {
      return parse(text);
    } catch (error) {
      if (!(error instanceof TomlError)) throw error;
      const [what = ""] = error.message.replace("Invalid TOML document: ", "").split("\n");
      throw new Unreadable(
        `is not TOML (line ${error.line}, column ${error.column}: ${what.trim()})`,
      );
    }
  },
  change(text, key, name, entry) {
    const eol = /\r?\n/u.exec(text)?.[0] ?? "\n";
    const rest = without(text, key, name).trimEnd();
    if (entry === null) return rest === "" ? "" : `${rest}${eol}`;
    const table = stringify({ [key]: { [name]: entry } }).trimEnd();
    const added = table.replaceAll("\n", eol) + eol;
    return rest === "" ? added : `${rest}${eol}${eol}${added}`;
  },
};

function without(text: string, key: string, name: string): string {
  const kept: string[] = [];
  let isOurs = false;
  /** What precedes the next header belongs to it. */
  let waiting: string[] = [];
  for (const line of text.split(/(?<=\n)/u)) {
    const header = headerOf(line);
    if (header !== null) {
      const isNextOurs = header[0] === key && header[1] === name;
      if (isOurs) kept.push(...waiting.filter((line) => !isNextOurs || line.trim() !== ""));
      waiting = [];
      isOurs = isNextOurs;
    }
    if (!isOurs) kept.push(line);
    else if (header !== null || !/^\s*(?:#|$)/u.test(line)) waiting = [];
    else waiting.push(line);
  }
  return [...kept, ...waiting].join("");
}

/** The names in a line that begins a table, such as `[mcp_servers."event-outreach".env]`; null for any other. */
function headerOf(line: string): string[] | null {
  if (!/^\s*\[/u.test(line)) return null;
  try {
    const names: string[] = [];
    let value: unknown = parse(line);
    while (isRecord(value) || Array.isArray(value)) {
      const inner: unknown = Array.isArray(value) ? value[0] : value;
      const [name] = isRecord(inner) ? Object.keys(inner) : [];
      if (name === undefined || !isRecord(inner)) break;
      names.push(name);
      value = inner[name];
    }
    return names;
  } catch {
    return null;
  }
}
