import type * as z from "zod";
import type { Queryable } from "../database/connect.ts";
import { defineOpeningTool, defineTool, type Answer, type Transactions } from "../mcp/tool.ts";
import { remarksOf } from "./references/remarks.ts";

/** What a tool's handler is given: its connection and the zone of the organiser. */
export interface Call {
  /** The call's transaction: one that cannot write if the tool only reads. */
  sql: Queryable;
  /** IANA zone in which times are read and shown. */
  zone: string;
}

/** Defines a tool that works on the database in one transaction; see {@link defineTool}. */
export function tool<Input extends z.ZodObject, Output extends z.ZodObject>(
  definition: Parameters<typeof defineTool<Call, Input, Output>>[0],
) {
  // A tool that stands alone is given no call.
  if (definition.standsAlone) return defineTool<Call, Input, Output>(definition);
  return defineTool<Call, Input, Output>({
    ...definition,
    handle: async (args, call, caller, page) =>
      remarking(await definition.handle(args, call, caller, page), remarksOf(call.sql)),
  });
}

/** Defines a tool that opens its transactions itself, as it waits for others between. */
export function openingTool<Input extends z.ZodObject, Output extends z.ZodObject>(
  definition: Parameters<typeof defineOpeningTool<Call, Input, Output>>[0],
) {
  return defineOpeningTool<Call, Input, Output>({
    ...definition,
    handle: async (args, transactions, caller) => {
      const remarks = new Set<string>();
      const answer = await definition.handle(args, noting(transactions, remarks), caller);
      return remarking(answer, [...remarks]);
    },
  });
}

/** The same transactions; what is to be said of the references that they resolve is collected. */
function noting(transactions: Transactions<Call>, remarks: Set<string>): Transactions<Call> {
  const heard =
    <Result>(work: (call: Call) => Promise<Result>) =>
    async (call: Call) => {
      const result = await work(call);
      for (const remark of remarksOf(call.sql)) remarks.add(remark);
      return result;
    };
  return {
    read: (work, cancelling) => transactions.read(heard(work), cancelling),
    write: (work) => transactions.write(heard(work)),
  };
}

/** An answer whose headline also says how references were taken, where that is not plain. */
export function remarking<Facts>(
  { headline, facts }: Answer<Facts>,
  remarks: readonly string[],
): Answer<Facts> {
  return { headline: [headline, ...remarks].join(" "), facts };
}
