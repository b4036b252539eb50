import { deepStrictEqual } from "node:assert/strict";
import { connectBare } from "../bare_client.ts";
import { constantOf, sized } from "../history/index.ts";
import { inTurns, median, timed, yesOrNo, type Entry, type Row } from "../measure.ts";
import { boundedQuestions, unboundedQuestions } from "../questions/history.ts";

const SHORT = 10_000;
const ROUNDS = 9;
const AIM = { ratio: 2 };

/** Milliseconds for what is asked over everything: half a second at a million, two seconds beyond. */
const everythingWithin = (recipients: number) => (recipients > 1_000_000 ? 2_000 : 500);

/** Whether answers about the same amount take longer in a longer history. */
export const growth: Entry = {
  name: "growth",
  minutes: 5,
  about:
    "First page of each read tool over stdio in a history of 1 million recipients, or of --longest;\n" +
    "floor: the same question in one of 10 thousand, about an event, campaign, mail or person that has as\n" +
    "many rows there (both answers are checked to be of the same size). What is asked over everything may\n" +
    "read everything, and has a time for its aim. Medians of 9 in turns.",
  async run(ground) {
    const short = await connectBare("outreach", { DATABASE_URL: await ground.history(SHORT) });
    const long = await connectBare("outreach", {
      DATABASE_URL: await ground.history(ground.longest),
    });
    const constant = constantOf(sized(ground.longest));
    const rows: Row[] = [];
    try {
      for (const question of [...boundedQuestions(constant), ...unboundedQuestions(constant)]) {
        const { tool, args, overEverything } = question;
        const inShort = sizeOf(await short.ask(tool, args));
        const inLong = sizeOf(await long.ask(tool, args));
        if (!overEverything) deepStrictEqual(inLong, inShort, `${tool} by ${question.what}`);
        const { one, other } = await inTurns(
          ground,
          ROUNDS,
          () => timed(() => short.ask(tool, args)),
          () => timed(() => long.ask(tool, args)),
        );
        const [floor, time] = [median(one), median(other)];
        rows.push({
          tool,
          by: question.what,
          rounds: other.length,
          recipients: ground.longest,
          at_10_thousand_ms: floor,
          at_so_many_ms: time,
          ratio: time / floor,
          aim: overEverything
            ? `everything: < ${everythingWithin(ground.longest)} ms`
            : `<= ${AIM.ratio} x`,
          met: yesOrNo(
            overEverything ? time < everythingWithin(ground.longest) : time / floor <= AIM.ratio,
          ),
        });
      }
    } finally {
      await short.close();
      await long.close();
    }
    return rows;
  },
};

/** How many rows an answer is about; those of a campaign or of people say it in their own way. */
function sizeOf({ total, people }: Record<string, any>): unknown {
  const size: unknown =
    total ?? (Array.isArray(people) ? people.map((person) => person.total) : people?.total);
  if (size === undefined) throw new Error("The answer does not say how much it is about.");
  return size;
}
