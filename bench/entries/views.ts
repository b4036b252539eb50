import { deepStrictEqual } from "node:assert/strict";
import { connectBare } from "../bare_client.ts";
import { constantOf, sized } from "../history/index.ts";
import { inTurns, median, timed, yesOrNo, type Entry, type Row } from "../measure.ts";
import { filteredQuestions } from "../questions/views.ts";

const SHORT = 10_000;
const ROUNDS = 9;
const AIM = { ratio: 2, near: 5 };

/** Whether a question over the views that a filter narrows takes longer in a longer history. */
export const views: Entry = {
  name: "views",
  about:
    "ask_database over stdio, with a filter, in a history of 1 million recipients, or of --longest; floor:\n" +
    "the same SQL in one of 10 thousand, about an event, campaign, mail or person that has as many rows there\n" +
    "(both answers are checked to have as many rows). Medians of 9 in turns.",
  async run(ground) {
    const short = await connectBare("outreach", { DATABASE_URL: await ground.history(SHORT) });
    const long = await connectBare("outreach", {
      DATABASE_URL: await ground.history(ground.longest),
    });
    const rows: Row[] = [];
    try {
      for (const [view, sql] of filteredQuestions(constantOf(sized(ground.longest)))) {
        const ask = (client: typeof short) => client.ask("ask_database", { sql, limit: 1000 });
        deepStrictEqual((await ask(long))["row_count"], (await ask(short))["row_count"], sql);
        const { one, other } = await inTurns(
          ground,
          ROUNDS,
          () => timed(() => ask(short)),
          () => timed(() => ask(long)),
        );
        const [floor, time] = [median(one), median(other)];
        rows.push({
          view,
          filter: /WHERE (?<filter>\S+)/u.exec(sql)?.groups?.["filter"] ?? "",
          rounds: other.length,
          recipients: ground.longest,
          at_10_thousand_ms: floor,
          at_so_many_ms: time,
          ratio: time / floor,
          aim: `<= ${AIM.ratio} x, or ${AIM.near} ms more`,
          met: yesOrNo(time / floor <= AIM.ratio || time - floor <= AIM.near),
        });
      }
    } finally {
      await short.close();
      await long.close();
    }
    return rows;
  },
};
