import { AjvJsonSchemaValidator } from "@modelcontextprotocol/client/validators/ajv";
import type postgres from "postgres";
import type { Definition } from "./arguments.ts";
import type { Message } from "./wire.ts";

/** Words that only tools may say which take questions in SQL and show them. */
const OF_QUESTIONS: readonly RegExp[] = [
  /\bSELECT\b[^.]{0,200}\bFROM\b/u,
  /syntax error at or near/iu,
];
const TAKE_QUESTIONS: ReadonlySet<string> = new Set([
  "ask_database",
  "export_answer",
  "find_audience",
  "save_segment",
  "list_segments",
  "prepare_send",
  "log_send",
]);

/** Words that come from inside: of the database, of JavaScript, of this machine. */
const INSIDE: readonly RegExp[] = [
  /\b(?:INSERT INTO|UPDATE \w+ SET|DELETE FROM|ON CONFLICT|RETURNING)\b/u,
  // A list of events has its columns outreach.emails and the like.
  /\boutreach\.(?!(?:removed_entries|people_reached|emails|posts|linkedin_posts|marketing_materials|assets|distributions|reach_estimate)\b)[a-z_]+/u,
  /::(?:int|integer|text|jsonb?|timestamptz)\b/u,
  /\$\d+\b/u,
  /violates \w+|duplicate key|null value in column|invalid input syntax/iu,
  /invalid byte sequence|out of range for type|value too long for type|cannot cast|division by zero/iu,
  /(?:relation|column|function|operator|constraint|parameter) "[^"]*" (?:does|of|has|is)|does not exist/iu,
  /deadlock|serializ\w+ access|could not (?:connect|determine|obtain)|statement timeout/iu,
  /current transaction is aborted|read-only transaction|unsupported Unicode escape/iu,
  /PostgresError|ZodError|TypeError|RangeError|SyntaxError|ReferenceError|AbortError/u,
  /node:internal|node_modules|\.(?:ts|mjs|js):\d+|file:\/\/\/(?!nowhere)|\bat [\w.<>]+ \(/u,
  /Maximum call stack|Cannot read propert|is not a function|is not iterable|Unexpected token/u,
  /E(?:NOENT|ACCES|CONNREFUSED|CONNRESET|PIPE|MFILE|NAMETOOLONG|ISDIR|NOTDIR|INVAL)\b/u,
  /\[object \w+\]|(?<!received )\bundefined\b|\bNaN\b/u,
  /(?:^|[\s"'(=])\/(?:home|root|tmp|usr|var|etc|opt|work|Users|private)\/[^\s"]*/u,
  /\b(?:postgres(?:ql)?:\/\/|xkeysib)/u,
];

/** What no line of an answer's text may hold. */
const CONTROL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/u;

/** Longest error that still helps anybody, in characters. */
const LONGEST_ERROR = 40_000;

/** What became of a call. */
export type Outcome = "done" | "refused" | "protocol error" | "gone";

/** Looks at answers with an eye for what must never be in one. */
export class Judge {
  readonly #tools: ReadonlyMap<string, Definition>;
  readonly #validators = new Map<string, (value: unknown) => string | undefined>();
  readonly #secrets: readonly string[];

  /** @param secrets texts that no answer may hold, such as a password or a constraint's name */
  constructor(tools: readonly Definition[], secrets: readonly string[]) {
    this.#tools = new Map(tools.map((tool) => [tool.name, tool]));
    this.#secrets = secrets;
    const ajv = new AjvJsonSchemaValidator();
    for (const { name, outputSchema } of tools) {
      const validate = ajv.getValidator(outputSchema);
      this.#validators.set(name, (value) => validate(value).errorMessage);
    }
  }

  /**
   * What is wrong with the answer to a call.
   *
   * @param supplied what the caller and the data said: in an answer it is no secret
   */
  faultsOf(tool: string, message: Message, supplied: (words: string) => boolean): string[] {
    const leaked = this.leaks(JSON.stringify(message.error ?? message.result), supplied, tool);
    if (message.error) return leaked;
    const faults = [...leaked];
    const { content, structuredContent, isError } = message.result ?? {};
    if (!Array.isArray(content) || content.length !== 1 || typeof content[0]?.text !== "string") {
      return [...faults, "the result is not one text"];
    }
    const said = content[0].text as string;
    if (said.trim() === "") faults.push("the text is empty");
    const control = CONTROL.exec(said);
    if (control) faults.push(`the text holds the control character ${JSON.stringify(control[0])}`);
    if (!said.isWellFormed()) faults.push("the text holds half of a surrogate pair");
    if (isError === true) {
      if (/Internal error/u.test(said)) faults.push(said);
      if (structuredContent !== undefined) faults.push("an error has facts");
      if (said.includes("\n")) faults.push("an error has several lines");
      if (said.length > LONGEST_ERROR)
        faults.push(`an error has ${String(said.length)} characters`);
      const isWrite = this.#tools.get(tool)?.annotations.readOnlyHint === false;
      // Of calls that wait for the mail service between their transactions, what counts is what was sent.
      if (isWrite && !/ Nothing was written\.$|[Nn]othing was sent\b/u.test(said)) {
        faults.push(`a write was refused without saying that nothing was written: "${said}"`);
      }
      return faults;
    }
    const invalid = this.#validators.get(tool)?.(structuredContent);
    if (invalid !== undefined)
      faults.push(`the facts are not as the tool's schema says: ${invalid}`);
    return faults;
  }

  /** Words from inside that stand in an answer of a tool and that nobody outside supplied. */
  leaks(json: string, supplied: (words: string) => boolean, tool?: string): string[] {
    const text = json.replaceAll('\\"', '"').replaceAll("\\n", "\n").replaceAll("\\\\", "\\");
    const isOfQuestions = tool !== undefined && TAKE_QUESTIONS.has(tool);
    const inside = isOfQuestions ? INSIDE : [...OF_QUESTIONS, ...INSIDE];
    const found = inside.flatMap((pattern) => pattern.exec(text)?.[0] ?? []);
    const secrets = this.#secrets.filter((secret) => text.includes(secret));
    return [...found, ...secrets]
      .filter((words) => !supplied(words))
      .map((words) => `the answer holds ${JSON.stringify(words)}`);
  }
}

/** What an answer is. */
export function outcomeOf(message: Message | undefined): Outcome {
  if (message === undefined) return "gone";
  if (message.error) return "protocol error";
  return message.result?.["isError"] === true ? "refused" : "done";
}

/** Names in the database that say how it is built: of constraints, indexes, triggers and functions. */
export async function namesInside(sql: postgres.Sql): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`
    SELECT DISTINCT name FROM (
      SELECT conname::text AS name FROM pg_constraint
      UNION ALL
      SELECT relname::text FROM pg_class
       WHERE relkind = 'i' AND relnamespace IN ('public'::regnamespace, 'outreach'::regnamespace)
      UNION ALL
      SELECT tgname::text FROM pg_trigger WHERE NOT tgisinternal
    ) AS names WHERE length(name) > 12`;
  return rows.map(({ name }) => name);
}
