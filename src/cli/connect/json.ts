import {
  createScanner,
  findNodeAtLocation,
  type Node,
  parse,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from "jsonc-parser";
import { isRecord, type SettingsFormat, Unreadable } from "./format.ts";

const TOLERANT = { allowTrailingComma: true, allowEmptyContent: true };

/**
 * JSON as people keep it: with comments, commas at the end, or nothing in it yet. What is put in and taken
 * out is a property's own text and a comma: the library's own edits move comments, or take them along.
 */
export const JSON_FORMAT: SettingsFormat = {
  read(text) {
    const errors: ParseError[] = [];
    const value: unknown = parse(text, errors, TOLERANT);
    const [error] = errors;
    if (error !== undefined) {
      const before = text.slice(0, error.offset).split("\n");
      const words = printParseErrorCode(error.error).replace(/(?!^)[A-Z]/gu, " $&");
      throw new Unreadable(
        `is not JSON (line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}: ${words.toLowerCase()})`,
      );
    }
    if (value === undefined) return {};
    if (!isRecord(value)) throw new Unreadable("holds something else than settings by their names");
    return value;
  },
  change(text, key, name, entry) {
    const root = parseTree(text, [], TOLERANT);
    const style = styleOf(text);
    if (root === undefined) {
      if (entry === null) return text;
      return `${text}${written({ [key]: { [name]: entry } }, style, "")}${style.eol}`;
    }
    const own = findNodeAtLocation(root, [key, name]);
    if (own !== undefined) {
      if (entry === null) return without(text, own);
      const value = written(entry, style, indentAt(text, own.offset));
      return text.slice(0, own.offset) + value + text.slice(own.offset + own.length);
    }
    if (entry === null) return text;
    const servers = findNodeAtLocation(root, [key]);
    return servers === undefined
      ? withProperty(text, root, key, { [name]: entry }, style)
      : withProperty(text, servers, name, entry, style);
  },
};

/** How a file is laid out: one step of indentation (none where all stands on one line) and the end of a line. */
interface Style {
  step: string;
  eol: string;
}

function styleOf(text: string): Style {
  const eol = /\r?\n/u.exec(text.trim())?.[0] ?? (text.includes("\r\n") ? "\r\n" : "\n");
  const isOneLine = !text.trim().includes("\n") && !/^\{?\s*\}?$/u.test(text.trim());
  return { step: isOneLine ? "" : (/^([ \t]+)\S/mu.exec(text)?.[1] ?? "  "), eol };
}

/** A value as JSON whose first line stands where the indentation is that given. */
function written(value: unknown, { step, eol }: Style, indent: string): string {
  return JSON.stringify(value, null, step).replaceAll("\n", eol + indent);
}

/** A text with a property put at the end of one of its objects. */
function withProperty(
  text: string,
  object: Node,
  name: string,
  value: unknown,
  style: Style,
): string {
  const { step, eol } = style;
  const closing = object.offset + object.length - 1;
  const last = object.children?.at(-1);
  const outer = indentAt(text, closing);
  const isOnOwnLine = /\n[ \t]*$/u.test(text.slice(0, closing));
  const inner = last !== undefined && isOnOwnLine ? indentAt(text, last.offset) : outer + step;
  const property = `${JSON.stringify(name)}:${step === "" ? "" : " "}${written(value, style, inner)}`;
  if (last === undefined) {
    if (step === "") return text.slice(0, closing) + property + text.slice(closing);
    const line = isOnOwnLine ? closing - outer.length : closing;
    const start = text.slice(0, line) + (isOnOwnLine ? "" : eol);
    return `${start}${inner}${property}${eol}${outer}${text.slice(closing)}`;
  }
  const end = last.offset + last.length;
  const after = nextSign(text, end);
  const hasComma = text[after] === ",";
  const head = text.slice(0, end) + (hasComma ? "" : ",");
  if (isOnOwnLine) {
    const line = closing - outer.length;
    return `${head}${text.slice(end, line)}${inner}${property}${hasComma ? "," : ""}${eol}${outer}${text.slice(closing)}`;
  }
  const rest = hasComma ? after + 1 : end;
  return `${head}${text.slice(end, rest)}${step === "" ? "" : " "}${property}${text.slice(rest)}`;
}

/** A text without the property of this value, and without the comma that it needed. */
function without(text: string, value: Node): string {
  const property = value.parent ?? value;
  const end = property.offset + property.length;
  const after = nextSign(text, end);
  const siblings = property.parent?.children ?? [];
  const previous = siblings[siblings.indexOf(property) - 1];
  if (text[after] === ",") {
    return cut(text.slice(0, after) + text.slice(after + 1), property.offset, end);
  }
  if (previous === undefined) return cut(text, property.offset, end);
  const comma = nextSign(text, previous.offset + previous.length);
  return cut(text.slice(0, comma) + text.slice(comma + 1), property.offset - 1, end - 1);
}

/** Where the next sign stands, past space and comments. */
function nextSign(text: string, from: number): number {
  const scanner = createScanner(text, true);
  scanner.setPosition(from);
  scanner.scan();
  return scanner.getTokenOffset();
}

/** The space at the beginning of the line on which a place is. */
function indentAt(text: string, place: number): string {
  const line = text.lastIndexOf("\n", place - 1) + 1;
  return /^[ \t]*/u.exec(text.slice(line, place))?.[0] ?? "";
}

/** A text without a part of it, nor the line that it stood on alone. */
function cut(text: string, from: number, to: number): string {
  const before = text.slice(0, from).replace(/[ \t]+$/u, "");
  const after = text.slice(to);
  const isLineEmpty = /(?:^|\n)$/u.test(before) && /^[ \t]*\r?\n/u.test(after);
  return before + (isLineEmpty ? after.replace(/^[ \t]*\r?\n/u, "") : after);
}
