import type * as z from "zod";
import type { Page } from "./paging.ts";

/** What a tool does to the world, as MCP's annotations say it; all four must be stated. */
export interface Effects {
  /** Changes nothing. Only such tools exist in read-only mode. */
  readOnly: boolean;
  /** May take away or overwrite what was recorded. */
  destructive: boolean;
  /** The same call again has no further effect. */
  idempotent: boolean;
  /** Reaches beyond our own database. */
  openWorld: boolean;
}

/** Effects of a question: it changes nothing and asks nobody else. */
export const ASKS: Effects = {
  readOnly: true,
  destructive: false,
  idempotent: true,
  openWorld: false,
};

/** Effects of a write that only adds, and adds nothing when repeated. */
export const RECORDS: Effects = { ...ASKS, readOnly: false };

/** Effects of a write that overwrites or takes away what was recorded. */
export const CORRECTS: Effects = { ...RECORDS, destructive: true };

/** How a person answered; `unavailable` where the client cannot ask one. */
export type PersonsAnswer = "accepted" | "declined" | "cancelled" | "unavailable";

/** What a handler can do with the client that called. */
export interface Caller {
  /** Name and version of the client, where it told them. */
  client: string | null;
  /** Aborts when the client cancels the call. */
  signal: AbortSignal;
  /** The client says that it can put something before a person, whether it turns out so or not. */
  declaresAsking: boolean;
  /** Whether the client can put a question in words before a person. */
  asksPeople: boolean;
  /** Whether the client can open a page for a person. */
  opensPages: boolean;
  /**
   * Asks the person in front of the client for a yes. The call may be run again from its start with
   * the answer, so nothing may be written before it. An answer counts for the very question that was
   * shown: where the question has changed meanwhile, the new one is asked.
   *
   * @param about what the question is about and does not say in full, e.g. the digest of a list
   */
  confirm(question: string, about?: string): PersonsAnswer;
  /**
   * Has the client open a page for the person, by the same rules; what they do there is not told by it.
   *
   * @param sentence why they should open it
   */
  open(url: string, sentence: string): PersonsAnswer;
  /** Tells the client how far the call has come, if it asked to be told. */
  progress(done: number, total: number, message: string): Promise<void>;
  /** The tools that this server offers to the client. */
  offered: readonly Tool<never>[];
}

/** What a handler answers: the facts, and the sentence that opens their text. */
export interface Answer<Facts> {
  facts: Facts;
  /** One sentence that a person could be told; names in it must have passed `plain`. */
  headline: string;
}

/** What a tool works on that waits for others in the middle: it opens transactions as it needs them. */
export interface Transactions<Context> {
  /**
   * Runs the statements of one question on one snapshot.
   *
   * @param cancelling ends it where its answer is of no use to a call that was cancelled
   */
  read<Result>(
    work: (context: Context) => Promise<Result>,
    cancelling?: AbortSignal,
  ): Promise<Result>;
  /** Runs one write, whole or not at all. */
  write<Result>(work: (context: Context) => Promise<Result>): Promise<Result>;
}

/** One tool: its definition and its handler. */
export interface Tool<Context> {
  name: string;
  title: string;
  description: string;
  effects: Effects;
  /** Needs nothing of what the server's tools stand on, and is given none: `context` is undefined. */
  standsAlone?: boolean;
  /** Opens its transactions itself: its handler is given {@link Transactions} for a context. */
  opensTransactions?: boolean;
  input: z.ZodObject;
  output: z.ZodObject;
  /**
   * Of a question: which list of its answer is its rows where the answer is taken away as a table, e.g. `contacts`,
   * or `people.entries` for a list in each row of another. Not said: the first list.
   */
  mainList?(args: never): string;
  /** Of a question whose rows may be long: how many are read at once where all of them are. */
  rowsAtOnce?: number;
  handle(args: never, context: Context, caller: Caller, page: Page): Promise<Answer<unknown>>;
}

/** A tool as it is written down, with the very schemas that its handler takes and answers. */
interface Definition<Input extends z.ZodObject, Output extends z.ZodObject> extends Omit<
  Tool<never>,
  "opensTransactions" | "handle" | "mainList"
> {
  input: Input;
  output: Output;
  mainList?(args: z.output<Input>): string;
}

/**
 * Ties a tool's handler to its schemas, so that the compiler proves that what the handler takes and
 * answers is what the schemas say.
 *
 * @param definition `input` must be a strict object: unknown arguments are refused by name.
 */
export function defineTool<Context, Input extends z.ZodObject, Output extends z.ZodObject>(
  definition: Definition<Input, Output> & {
    handle(
      args: z.output<Input>,
      context: Context,
      caller: Caller,
      page: Page,
    ): Promise<Answer<z.input<Output>>>;
  },
): Tool<Context> {
  return definition;
}

/** As {@link defineTool}, for a tool that opens its transactions itself. */
export function defineOpeningTool<Context, Input extends z.ZodObject, Output extends z.ZodObject>(
  definition: Definition<Input, Output> & {
    handle: (
      args: z.output<Input>,
      transactions: Transactions<Context>,
      caller: Caller,
    ) => Promise<Answer<z.input<Output>>>;
  },
): Tool<Context> {
  return {
    ...definition,
    opensTransactions: true,
    handle: definition.handle as Tool<Context>["handle"],
  };
}
