import type postgres from "postgres";
import { inputShape } from "../src/mcp/call.ts";
import { readPage } from "../src/mcp/paging.ts";
import { parseArguments } from "../src/mcp/schema.ts";
import type { Caller } from "../src/mcp/tool.ts";
import { OUTREACH_TOOLS } from "../src/servers/outreach/tools.ts";
import { ZONE } from "./history/index.ts";
import type { Question } from "./questions/history.ts";

interface Statement {
  strings: TemplateStringsArray;
  values: never[];
}

/** What a tool sends for a question; statements of one group are sent without waiting for each other. */
export type Statements = Statement[][];

const READING = "isolation level repeatable read read only";

const NOBODY: Caller = {
  client: null,
  signal: new AbortController().signal,
  offered: [],
  declaresAsking: false,
  asksPeople: false,
  opensPages: false,
  open: () => "unavailable",
  confirm: () => "unavailable",
  progress: () => Promise.resolve(),
};

/** Has a tool's handler answer a question in this process, and keeps the statements that it sends. */
export async function statementsOf(sql: postgres.Sql, question: Question): Promise<Statements> {
  const tool = OUTREACH_TOOLS.find(({ name }) => name === question.tool);
  if (!tool) throw new Error(`There is no tool ${question.tool}.`);
  const args = parseArguments(tool.input, inputShape(tool), question.args);
  const groups: Statements = [];
  await sql.begin(READING, async (transaction) => {
    const call = { sql: recording(transaction, groups), zone: ZONE };
    await tool.handle(args as never, call, NOBODY, readPage(tool.name, args, ""));
  });
  return groups;
}

/** Sends a tool's statements again, in a transaction like its own; what answers is not looked at. */
export async function replay(sql: postgres.Sql, groups: Statements): Promise<void> {
  await sql.begin(READING, async (transaction) => {
    for (const group of groups)
      await Promise.all(group.map(({ strings, values }) => transaction(strings, ...values)));
  });
}

function recording(sql: postgres.TransactionSql, groups: Statements): postgres.TransactionSql {
  let pending = 0;
  const send = async (statement: Statement): Promise<unknown> => {
    if (pending === 0) groups.push([]);
    groups.at(-1)?.push(statement);
    pending += 1;
    try {
      return await sql(statement.strings, ...statement.values);
    } finally {
      pending -= 1;
    }
  };
  return new Proxy(sql, {
    apply: (_target, _self, [strings, ...values]: [TemplateStringsArray, ...never[]]) =>
      send({ strings, values }),
  });
}
