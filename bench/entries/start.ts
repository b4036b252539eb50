import path from "node:path";
import { fileURLToPath } from "node:url";
import { setTimeout as pause } from "node:timers/promises";
import postgres from "postgres";
import { connectionOptions } from "../../src/database/address.ts";
import { COMMON_ENVIRONMENT, connectProgram, connectBare } from "../bare_client.ts";
import type { Ground } from "../ground.ts";
import { constantOf, sized } from "../history/index.ts";
import { inTurns, median, timed, yesOrNo, type Entry, type Row } from "../measure.ts";
import { boundedQuestions } from "../questions/history.ts";
import { replay, statementsOf } from "../replay.ts";
import { buildSmallest } from "../smallest.ts";

const ROUNDS = 25;
const AIM = { list: 1.15, answer: 3 };
const RECIPIENTS = 10_000;
const REST = 500;

const DIST = fileURLToPath(new URL("../../dist", import.meta.url));
const ENVIRONMENTS = [
  { said: "PATH and HOME", environment: COMMON_ENVIRONMENT },
  { said: "this one, whole", environment: process.env },
];

/** How soon a server that was just started lists its tools, and answers its first question. */
export const start: Entry = {
  name: "start",
  about:
    "tools/list: from the spawning of a server to its list of tools; floor: the same of the smallest server\n" +
    "that the SDK makes (one tool, bundled as ours), in the same environment, which is named.\n" +
    `first answer: half a second after the list, in a history of 10 thousand recipients; floor: a connection\n` +
    "made by postgres.js in a process that is up, and the statements that the tool sends. Medians of 25 in turns.\n" +
    `The whole environment: ${Object.keys(process.env).sort().join(" ")}`,
  async run(ground) {
    const smallest = await buildSmallest(ground.folder);
    const rows: Row[] = [];
    for (const server of ["outreach", "import"]) {
      for (const { said, environment } of ENVIRONMENTS) {
        const bundle = path.join(DIST, `${server}.js`);
        await untilListed(bundle, environment);
        const { one, other } = await inTurns(
          ground,
          ROUNDS,
          () => untilListed(smallest, environment),
          () => untilListed(bundle, environment),
        );
        rows.push(row({ server, until: "tools/list", environment: said }, one, other, AIM.list));
      }
    }
    rows.push(await firstAnswer(ground));
    return rows;
  },
};

function row(what: Row, floor: readonly number[], times: readonly number[], aim: number): Row {
  const ratio = median(times) / median(floor);
  return {
    ...what,
    rounds: times.length,
    floor_ms: median(floor),
    ms: median(times),
    ratio,
    aim: `<= ${aim} x`,
    met: yesOrNo(ratio <= aim),
  };
}

/** Milliseconds to the list; the server's end is not counted. */
async function untilListed(bundle: string, environment: NodeJS.ProcessEnv): Promise<number> {
  const begun = performance.now();
  const client = await connectProgram([bundle], environment);
  await client.list();
  const taken = performance.now() - begun;
  await client.close();
  return taken;
}

async function firstAnswer(ground: Ground): Promise<Row> {
  const url = await ground.history(RECIPIENTS);
  const question = boundedQuestions(constantOf(sized(RECIPIENTS))).find(
    ({ tool }) => tool === "query_recipients",
  )!;
  const connected = async <Result>(work: (sql: postgres.Sql) => Promise<Result>) => {
    const sql = postgres({ ...connectionOptions(url), max: 1 });
    try {
      return await work(sql);
    } finally {
      await sql.end({ timeout: 5 });
    }
  };
  const statements = await connected((sql) => statementsOf(sql, question));
  const { one, other } = await inTurns(
    ground,
    ROUNDS,
    () => connected((sql) => timed(() => replay(sql, statements))),
    async () => {
      const client = await connectBare("outreach", { DATABASE_URL: url });
      try {
        await client.list();
        await pause(REST);
        return await timed(() => client.ask(question.tool, question.args));
      } finally {
        await client.close();
      }
    },
  );
  const what = { server: "outreach", until: "first answer", environment: ENVIRONMENTS[0]!.said };
  return row(what, one, other, AIM.answer);
}
