import { randomBytes, randomUUID } from "node:crypto";
import { InputNeeded, ToolError } from "./errors.ts";
import { isPartMissing, PART_MISSING } from "./missing_part.ts";
import { readPage } from "./paging.ts";
import { isRecord, render } from "./render.ts";
import { jsonSchema, parseArguments, type JsonSchema } from "./schema.ts";
import type { Caller, Tool, Transactions } from "./tool.ts";

/** Which call it is that writes, and from where. */
interface CallMark {
  /** A UUID. */
  call: string;
  tool: string;
  client: string | null;
}

/** What a server's tools stand on: opened at a call, never before. */
export interface Ground<Context> {
  /**
   * Runs one call, or a part of it, on an open database.
   *
   * @param mark goes along with what is written
   * @param cancelling of a question: aborts when nobody waits for its answer any more
   * @throws ToolError when the database cannot be used
   */
  run<Result>(
    readOnly: boolean,
    work: (context: Context, cursorKey: string) => Promise<Result>,
    mark: CallMark,
    cancelling?: AbortSignal,
  ): Promise<Result>;
}

/** A tool's answer as MCP carries it. */
export interface CallResult {
  [key: string]: unknown;
  content: { type: "text"; text: string }[];
  structuredContent?: Record<string, unknown>;
  isError?: boolean;
}

/** For tools that stand alone. They page nothing, so there is no cursor to sign. */
const NOTHING: Ground<never> = { run: (_readOnly, work) => work(undefined as never, "") };

const inputShapes = new WeakMap<object, JsonSchema>();

/** A tool's input schema in JSON Schema, made once. */
export function inputShape(tool: Tool<never>): JsonSchema {
  let shape = inputShapes.get(tool);
  if (!shape) {
    shape = jsonSchema(tool.input, "input");
    inputShapes.set(tool, shape);
  }
  return shape;
}

/** Makes beforehand what the first reading of a tool's arguments and answer takes; runs nothing of it. */
export function prepare(tool: Tool<never>): void {
  inputShape(tool);
  tool.input.safeParse({});
  tool.output.safeParse({});
}

/**
 * Runs one call of a tool. Never throws: what the caller can correct is an error result, anything else
 * goes to stderr and leaves only a reference.
 */
export async function callTool<Context>(
  tool: Tool<Context>,
  given: unknown,
  ground: Ground<Context>,
  caller: Caller,
): Promise<CallResult> {
  const writes = { begun: false };
  const mark = { call: randomUUID(), tool: tool.name, client: caller.client };
  try {
    const args = parseArguments(tool.input, inputShape(tool), given);
    return await footing(tool, ground, writes, mark).run(
      tool.effects.readOnly,
      async (context, cursorKey) => {
        const page = readPage(tool.name, args, cursorKey);
        const answer = await tool.handle(args as never, context, caller, page);
        const facts = tool.output.parse(answer.facts);
        return {
          content: [{ type: "text", text: render(answer.headline, facts) }],
          structuredContent: facts,
        };
      },
      mark,
      caller.signal,
    );
  } catch (error) {
    if (error instanceof InputNeeded) throw error;
    return failure(error, tool.effects.readOnly || writes.begun);
  }
}

/** @param writes learns of a write that was made, or perhaps made, before the call ended */
function footing<Context>(
  tool: Tool<Context>,
  ground: Ground<Context>,
  writes: { begun: boolean },
  mark: CallMark,
): Ground<never> {
  if (tool.standsAlone) return NOTHING;
  if (!tool.opensTransactions) return ground as Ground<never>;
  const transactions: Transactions<Context> = {
    read: (work, cancelling) => ground.run(true, work, mark, cancelling),
    write: async (work) => {
      try {
        const result = await ground.run(false, work, mark);
        writes.begun = true;
        return result;
      } catch (error) {
        writes.begun ||= error instanceof ToolError && error.outcome === "unknown";
        throw error;
      }
    },
  };
  return { run: (_readOnly, work) => work(transactions as never, "") };
}

/** @param mayHaveWritten nothing is said of what was written: the error's own words do, where they can */
function failure(fault: unknown, mayHaveWritten: boolean): CallResult {
  const error = isPartMissing(fault) ? new ToolError(PART_MISSING) : fault;
  if (error instanceof ToolError) {
    const end = mayHaveWritten || error.outcome === "unknown" ? "" : " Nothing was written.";
    return { content: [{ type: "text", text: error.message + end }], isError: true };
  }
  return { content: [{ type: "text", text: noted(error) }], isError: true };
}

/** Writes a fault to stderr, and gives what may be told of it: a reference. */
export function noted(error: unknown): string {
  const reference = randomBytes(4).toString("hex");
  process.stderr.write(`Internal error (ref ${reference}): ${traceOf(error)}\n`);
  return `Internal error (ref ${reference})`;
}

function traceOf(error: unknown): string {
  if (!(error instanceof Error)) return isRecord(error) ? JSON.stringify(error) : String(error);
  return error.stack ?? error.message;
}
