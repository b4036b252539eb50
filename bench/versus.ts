import { availableParallelism } from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { isDeepStrictEqual, parseArgs } from "node:util";
import postgres from "postgres";
import { connectionOptions } from "../src/database/address.ts";
import { makeTemplate, type Template } from "../workbench/template.ts";
import { connectBare, type BareClient } from "./bare_client.ts";
import { withGround, type Ground } from "./ground.ts";
import { constantOf, sized, type writeHistory } from "./history/index.ts";
import { inTurns, median, timed, yesOrNo, type Row } from "./measure.ts";
import { boundedQuestions, unboundedQuestions, type Question } from "./questions/history.ts";
import { print } from "./table.ts";

// Usage: npm run bench:versus -- <folder of the other checkout, built> [--rounds 15]

const SIZES = [10_000, 100_000];
const ROUNDS = 15;
/** So many times the rounds for a question that seems to be slower. */
const SECOND_LOOK = 4;
const MOST = 1.1;

const THIS = fileURLToPath(new URL("..", import.meta.url));

/** The server of either checkout, on a database that the checkout itself migrated. */
interface Sides {
  ours: BareClient;
  theirs: BareClient;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: "string" } },
});
const [other] = positionals;
const rounds = Number(values.rounds ?? ROUNDS);
if (other === undefined || positionals.length > 1 || !(rounds >= 1)) {
  console.error("Give the folder of one other checkout, built; --rounds must be 1 or more.");
  process.exit(2);
}

await withGround(rounds * SECOND_LOOK, Math.max(...SIZES), async (ground) => {
  console.log(
    `Compared with ${path.resolve(other)} on ${ground.database}; node ${process.version}, ` +
      `${process.platform} ${process.arch}, ${availableParallelism()} cores, ${rounds} rounds.`,
  );
  for (const recipients of SIZES) {
    const rows = await onBoth(ground, recipients, async (sides) => {
      const constant = constantOf(sized(recipients));
      const questions = [...boundedQuestions(constant), ...unboundedQuestions(constant)];
      const found: Row[] = [];
      for (const question of questions) found.push(await compared(ground, sides, question));
      return found.sort((one, two) => Number(two["ratio"]) - Number(one["ratio"]));
    });
    print(
      `versus, ${recipients} recipients`,
      "First page of each question over stdio, of this checkout and the other in turns; ratio: the median\n" +
        "of the rounds' ratios, this to the other, the worst first; what seemed slower was looked at twice.",
      rows,
    );
    if (rows.some(({ met }) => met !== yesOrNo(true))) process.exitCode = 1;
  }
});

/** Asks both a question in turns; more often where this checkout seems to be slower. */
async function compared(
  ground: Ground,
  sides: Sides,
  { tool, what, args }: Question,
): Promise<Row> {
  const answers = [await sides.ours.ask(tool, args), await sides.theirs.ask(tool, args)] as const;
  const look = (times: number) =>
    inTurns(
      ground,
      times,
      () => timed(() => sides.ours.ask(tool, args)),
      () => timed(() => sides.theirs.ask(tool, args)),
    );
  let { one: ours, other: theirs } = await look(rounds);
  if (ratioOf(ours, theirs) > MOST) {
    ({ one: ours, other: theirs } = await look(rounds * SECOND_LOOK));
  }
  return {
    tool,
    by: what,
    rounds: ours.length,
    this_ms: median(ours),
    other_ms: median(theirs),
    ratio: ratioOf(ours, theirs).toFixed(2),
    aim: `<= ${MOST} x`,
    met: yesOrNo(ratioOf(ours, theirs) <= MOST),
    same_answer: yesOrNo(isDeepStrictEqual(lasting(answers[0]), lasting(answers[1]))),
  };
}

function ratioOf(ours: readonly number[], theirs: readonly number[]): number {
  return median(ours.map((time, round) => time / theirs[round]!));
}

/** An answer without what differs from moment to moment and from database to database. */
function lasting({ as_of, next_cursor, ...facts }: Record<string, unknown>): unknown {
  return { ...facts, goesOn: next_cursor !== null };
}

async function onBoth<Result>(
  ground: Ground,
  recipients: number,
  work: (sides: Sides) => Promise<Result>,
): Promise<Result> {
  const undo: (() => Promise<void>)[] = [];
  const serverOf = async (checkout: string) => {
    const database = await historyOf(ground, checkout, recipients);
    undo.unshift(() => database.drop());
    const client = await connectBare(
      "outreach",
      { DATABASE_URL: database.url },
      path.join(checkout, "dist"),
    );
    undo.unshift(() => client.close());
    return client;
  };
  try {
    return await work({ ours: await serverOf(THIS), theirs: await serverOf(path.resolve(other!)) });
  } finally {
    for (const step of undo) await step();
  }
}

/** A database with a checkout's own tables, and in them the history that its own bench makes. */
async function historyOf(ground: Ground, checkout: string, recipients: number): Promise<Template> {
  const history = pathToFileURL(path.join(checkout, "bench/history/index.ts")).href;
  const { writeHistory: write } = (await import(history)) as { writeHistory: typeof writeHistory };
  ground.goOn();
  const made = await makeTemplate(ground.server, path.join(checkout, "db/migrations"));
  const sql = postgres({ ...connectionOptions(made.url), max: 1 });
  try {
    await write(sql, sized(recipients));
  } catch (error) {
    await made.drop();
    throw error;
  } finally {
    await sql.end({ timeout: 5 });
  }
  return made;
}
