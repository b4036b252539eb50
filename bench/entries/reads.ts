import postgres from "postgres";
import { connectionOptions } from "../../src/database/address.ts";
import { connectBare } from "../bare_client.ts";
import { constantOf, sized } from "../history/index.ts";
import { inTurns, median, timed, yesOrNo, type Entry, type Row } from "../measure.ts";
import { boundedQuestions, unboundedQuestions } from "../questions/history.ts";
import { replay, statementsOf } from "../replay.ts";

const RECIPIENTS = 10_000;
const ROUNDS = 21;
const AIM = { added: 2, whole: 25 };

/** What the protocol, the checks and the text add to a tool's own SQL. */
export const reads: Entry = {
  name: "reads",
  about:
    "First page of each read tool through a client over stdio, in a history of 10 thousand recipients;\n" +
    "floor: the statements that the tool sends for it (references, question, BEGIN and COMMIT), sent again\n" +
    "by postgres.js in this process, those that the tool sends together together. Medians of 21 in turns.\n" +
    "list_templates asks the mail service, not the database, and is not here.",
  async run(ground) {
    const url = await ground.history(RECIPIENTS);
    const client = await connectBare("outreach", { DATABASE_URL: url });
    const sql = postgres({ ...connectionOptions(url), max: 1 });
    const constant = constantOf(sized(RECIPIENTS));
    const rows: Row[] = [];
    try {
      for (const question of [...boundedQuestions(constant), ...unboundedQuestions(constant)]) {
        const statements = await statementsOf(sql, question);
        const ask = () => timed(() => client.ask(question.tool, question.args));
        const floor = () => timed(() => replay(sql, statements));
        await ask();
        await floor();
        const { one, other } = await inTurns(ground, ROUNDS, floor, ask);
        const [floorTime, time] = [median(one), median(other)];
        rows.push({
          tool: question.tool,
          by: question.what,
          rounds: other.length,
          floor_ms: floorTime,
          over_stdio_ms: time,
          ratio: time / floorTime,
          added_ms: time - floorTime,
          aim: `floor + ${AIM.added}, < ${AIM.whole}`,
          met: yesOrNo(time - floorTime <= AIM.added && time < AIM.whole),
        });
      }
    } finally {
      await sql.end({ timeout: 5 });
      await client.close();
    }
    return rows;
  },
};
