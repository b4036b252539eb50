const TOKEN =
  /\s*(?:("(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)|([{}[\],:]))/uy;

/**
 * Where a text stops being JSON, as line and column from 1; a parser's own message gives no place or
 * quotes the text.
 */
export function placeOfFault(text: string): { line: number; column: number } {
  const open: ("{" | "[")[] = [];
  /** What may come next: kinds of token, by their first character. */
  let next = "v";
  let at = 0;
  const afterValue = () => (open.length === 0 ? "" : open.at(-1) === "{" ? ",}" : ",]");
  for (;;) {
    TOKEN.lastIndex = at;
    const [whole = "", string, literal, sign] = TOKEN.exec(text) ?? [];
    const isKey = string !== undefined && next.includes("k");
    const isValue = string !== undefined || literal !== undefined || sign === "{" || sign === "[";
    const mark = isKey ? "k" : isValue ? "v" : (sign ?? "");
    if (mark === "" || !next.includes(mark)) break;
    at += whole.length;
    if (sign === "{" || sign === "[") {
      open.push(sign);
      next = sign === "{" ? "k}" : "v]";
    } else if (sign === "}" || sign === "]") {
      open.pop();
      next = afterValue();
    } else if (sign === ",") next = open.at(-1) === "{" ? "k" : "v";
    else if (sign === ":") next = "v";
    else next = isKey ? ":" : afterValue();
  }
  const before = text.slice(0, at + (/^\s*/u.exec(text.slice(at))?.[0].length ?? 0)).split("\n");
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
