import type { Caller, Tool } from "../mcp/tool.ts";

/**
 * Asks a tool for its whole answer: the facts of one page after the other, each as a caller would be given them.
 *
 * @param args as `parseArguments` read them
 * @param context what the tool's handler works on; one transaction shows one moment
 * @param most rows on a page
 * @throws what the handler throws
 */
export async function* everyPage<Context>(
  tool: Tool<Context>,
  args: Record<string, unknown>,
  context: Context,
  caller: Caller,
  most: number,
): AsyncGenerator<Record<string, unknown>, undefined> {
  const rows = tool.rowsAtOnce ?? most;
  let after: readonly unknown[] | null = null;
  const following: (readonly unknown[])[] = [];
  do {
    const { facts } = await tool.handle(args as never, context, caller, {
      limit: rows,
      after,
      isWhole: true,
      next(found, place) {
        const last = found[rows - 1];
        if (found.length <= rows || last === undefined) return null;
        // As a cursor would bring it back.
        following.push(JSON.parse(JSON.stringify(place(last))) as unknown[]);
        return "next";
      },
    });
    yield tool.output.parse(facts);
    after = following.pop() ?? null;
  } while (after !== null);
}
