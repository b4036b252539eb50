/** A variable where it is used: `params.speaker.name` is `["params", "speaker", "name"]`. */
export interface Operand {
  path: string[];
  /** Has `|default:`: may be missing. */
  defaulted: boolean;
  /** Has `|safe`: goes into the page as HTML. */
  safe: boolean;
  /** Is compared with something that is not the empty text. */
  compared: boolean;
}

type Token = { kind: "path" | "text" | "number" | "sign"; text: string };

const TOKEN =
  /([\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}\p{N}_]+|\[\s*(?:"[^"]*"|'[^']*'|\d+)\s*\])*)|(\d+(?:\.\d+)?)|([=!<>]=?|\S)/uy;

/** A text in quotes, by the quote that opens it. */
const TEXTS: Record<string, RegExp> = {
  '"': /"(?:[^"\\]|\\.)*"/uy,
  "'": /'(?:[^'\\]|\\.)*'/uy,
  "“": /“[^”]*”/uy,
  "‘": /‘[^’]*’/uy,
};

const WORDS = new Set(
  "and or not in is by as true false none nil null True False None reversed sorted".split(" "),
);
const COMPARING = /^(?:==?|!=|<>|<=?|>=?|in|is)$/u;

/**
 * The variables of an expression, in their order, those in the arguments of filters among them; words of
 * the language are left out.
 */
export function operandsOf(expression: string): Operand[] {
  const tokens = tokensOf(expression);
  const operands: Operand[] = [];
  /** The variable that a filter would follow. */
  let current: Operand | undefined;
  tokens.forEach((token, index) => {
    const before = tokens[index - 1]?.text;
    if (token.kind === "path" && before === "|") {
      if (current && /^default(?:_if_none)?$/u.test(token.text)) current.defaulted = true;
      if (current && token.text === "safe") current.safe = true;
    } else if (token.kind === "path" && !WORDS.has(token.text)) {
      const operand = {
        path: segmentsOf(token.text),
        defaulted: false,
        safe: false,
        compared: isCompared(tokens, index),
      };
      operands.push(operand);
      if (before !== ":") current = operand;
    } else if (token.kind !== "sign" ? before !== ":" : token.text !== "|" && token.text !== ":") {
      current = undefined;
    }
  });
  return operands;
}

function tokensOf(expression: string): Token[] {
  const tokens: Token[] = [];
  /** Quotes that are never closed any more; looked for once, or a row of them takes forever. */
  const unclosed = new Set<string>();
  for (let at = 0; at < expression.length;) {
    const first = expression[at] ?? "";
    const text = unclosed.has(first) ? undefined : TEXTS[first];
    const quoted = text && matchAt(text, expression, at)?.[0];
    if (text && quoted === undefined) unclosed.add(first);
    if (quoted !== undefined) {
      tokens.push({ kind: "text", text: quoted });
      at += quoted.length;
      continue;
    }
    const [whole, path, number] = matchAt(TOKEN, expression, at) ?? [];
    if (whole !== undefined) {
      const kind = path !== undefined ? "path" : number !== undefined ? "number" : "sign";
      tokens.push({ kind, text: whole });
    }
    at += whole?.length ?? 1;
  }
  return tokens;
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function segmentsOf(path: string): string[] {
  return path
    .split(/\.|\[\s*|\s*\]/u)
    .map((segment) => segment.replace(/^["']|["']$/gu, ""))
    .filter((segment) => segment !== "");
}

/** Whether the variable at this place is compared, be it after its filters. */
function isCompared(tokens: readonly Token[], index: number): boolean {
  let after = index + 1;
  while (tokens[after]?.text === "|") {
    after += 2;
    if (tokens[after]?.text === ":") after += 2;
  }
  return (
    (COMPARING.test(tokens[after]?.text ?? "") && !isEmptyText(tokens[after + 1])) ||
    (COMPARING.test(tokens[index - 1]?.text ?? "") && !isEmptyText(tokens[index - 2]))
  );
}

function isEmptyText(token: Token | undefined): boolean {
  return token?.kind === "text" && token.text.length === 2;
}
