import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { calendar } from "../../demo/calendar.ts";
import { commandPlayer } from "../../evals/command.ts";
import { type Outcome, play } from "../../evals/play.ts";
import type { Player } from "../../evals/player.ts";
import { scriptedPlayer } from "../../evals/scripted.ts";
import { tableOf, totalsOf } from "../../evals/table.ts";
import { allTasks } from "../../evals/tasks/index.ts";
import { truthOf } from "../../evals/truth.ts";
import { makeWorlds, type Worlds } from "../../evals/world.ts";

const days = calendar();
const tasks = allTasks(days);
const truth = truthOf(days);
const MOST_CALLS = 4;

let worlds: Worlds;
beforeAll(async () => {
  worlds = await makeWorlds(inject("database").url, days);
});
afterAll(() => worlds.close());

const named = (name: string) => tasks.find((task) => task.name === name)!;
const played = (name: string, player: Player): Promise<Outcome> =>
  play(named(name), player, worlds, MOST_CALLS);

/** Says the same at every move. */
const says = (...moves: object[]): Player => {
  let made = 0;
  return () => Promise.resolve(JSON.stringify(moves[Math.min(made++, moves.length - 1)]));
};

/** A player whose every move is a program of Node. */
const program = (source: string, patience = 20_000): Player =>
  commandPlayer(`"${process.execPath}" -e "${source}"`, patience);

it("has forty tasks of five kinds, each with a name and words of its own", () => {
  expect(tasks).toHaveLength(40);
  expect(new Set(tasks.map(({ name }) => name)).size).toBe(40);
  const spoken = tasks.map(({ turns }) => turns.map(({ says }) => says).join("\n"));
  expect(new Set(spoken).size).toBe(40);
  const kinds = new Set(tasks.map(({ kind }) => kind));
  expect([...kinds].sort()).toEqual(["list", "order", "question", "refusal", "unknown"]);
});

describe("a player that makes the calls beside the tasks", () => {
  // What writes has a world of its own each time; all of it: EVALS=all, or npm run evals.
  const writes = (name: string) =>
    named(name).kind === "order" || /no at the last|stranger's words/u.test(name);
  const sample = ["a figure put right", "sent after a yes"];
  const some = tasks
    .map(({ name }) => name)
    .filter((name) => process.env["EVALS"] === "all" || !writes(name) || sample.includes(name));

  it.each(some)("%s", async (name) => {
    const { reasons, calls } = await played(name, scriptedPlayer(tasks));
    expect(reasons).toEqual([]);
    expect(calls).toBeLessThanOrEqual(2);
  });
});

describe("a player that is wrong", () => {
  it("says what is not so", async () => {
    const lie = await played("registered and came", says({ answer: "50 came, 4 walked in." }));
    expect(lie.reasons).toEqual(["does not say 45", "does not say 5"]);
    const open = await played(
      "opens that nobody tracked",
      says({ answer: "0 %: nobody opened it." }),
    );
    expect(open.reasons).toEqual([
      "does not say that it is not known",
      "says that nobody opened it",
    ]);
    const more = await played(
      "talks of a track",
      says({ answer: [...truth.talksIn("Analytics"), truth.talksIn("Engineering")[0]].join(", ") }),
    );
    expect(more.reasons).toEqual([`says "${truth.talksIn("Engineering")[0]!}"`]);
  });

  it("shrugs at everything", async () => {
    const shrug = says({ answer: "I do not know; it was not done. Which one?" });
    const right: string[] = [];
    for (const { name, kind } of tasks.filter(({ before }) => !before)) {
      if ((await played(name, shrug)).right) right.push(kind);
    }
    // Each of them is better than a wrong answer, and all the rest is wrong.
    expect(right.sort()).toEqual([
      ...Array.from({ length: 3 }, () => "refusal"),
      ...Array.from({ length: 5 }, () => "unknown"),
    ]);
  });

  it("fetches news of mails before it answers, which is not held against it", async () => {
    const { reasons } = await played(
      "opens that nobody tracked",
      says(
        { call: { tool: "sync_delivery_events", arguments: {} } },
        { answer: "Brevo has not reported anything of that mail." },
      ),
    );
    expect(reasons).toEqual([]);
  });

  it("claims to have done what it did not do", async () => {
    const { reasons } = await played("a post", says({ answer: 'Logged "Meet the speakers".' }));
    expect(reasons).toEqual([expect.stringMatching(/^the record holds "", not "Save the date/u)]);
  });

  it("calls tools that are not there, and never comes to an end", async () => {
    const { reasons, calls, conversation } = await played(
      "a secret",
      says({ call: { tool: "read_settings", arguments: {} } }),
    );
    expect(reasons).toEqual([`it made more than ${String(MOST_CALLS)} calls`]);
    expect(calls).toBe(MOST_CALLS + 1);
    expect(conversation[2]).toMatchObject({ from: "tool", tool: "read_settings", is_error: true });
  });

  it("writes where it was only asked, and leaves the next task a world without that", async () => {
    const { reasons } = await played(
      "a shared mailbox",
      says(
        {
          call: {
            tool: "save_contact",
            arguments: { contact: "Thabo Nkosi", email: "thabo@example.org" },
          },
        },
        { answer: "Thabo Nkosi and Nomsa Nkosi shared one; I gave him his own." },
      ),
    );
    expect(reasons).toEqual([expect.stringMatching(/^wrote save_contact and sent 0 mails/u)]);
    const next = await played("a shared mailbox", scriptedPlayer(tasks));
    expect(next.reasons).toEqual([]);
  });

  it("does more than it was told", async () => {
    const [post] = named("a post").turns;
    const { reasons } = await played(
      "a post",
      says(
        { call: post!.calls[0]! },
        { call: { tool: "save_note", arguments: { about: { event: "next" }, text: "Posted" } } },
        { answer: 'Logged "Meet the speakers", and noted it.' },
      ),
    );
    expect(reasons).toEqual(["wrote save_note, which nobody asked for"]);
  });

  it("sends what it was told to show first", async () => {
    const [prepared] = named("sent after a yes").turns;
    const sent = await played(
      "sent after a yes",
      says(
        { call: prepared!.calls[0]! },
        { call: { tool: "confirm_send", arguments: { communication: "Thank you for coming" } } },
        { answer: "Sent to 46 people." },
      ),
    );
    expect(sent.reasons[0]).toBe("sent 46 mails and asked the person 1 times");
  });
});

describe("a command", () => {
  it("is told the conversation and the tools, and answers", async () => {
    const echo = program(
      "let t='';process.stdin.on('data',d=>t+=d).on('end',()=>{const i=JSON.parse(t);" +
        "const last=i.conversation.at(-1);" +
        "console.log(JSON.stringify(last.from==='tool'?{answer:last.text}:" +
        "{call:{tool:i.tools.find(x=>x.name==='query_registrations').name,arguments:{event:'next'}}}))})",
    );
    const outcome = await played("registrations so far", echo);
    expect(outcome).toMatchObject({ right: true, reasons: [], calls: 1 });
    expect(outcome.tokens.read).toBeGreaterThan(2 * 6_000);
    expect(outcome.tokens.written).toBeGreaterThan(10);
  });

  it.each([
    ["says nothing", "0", /^the player said nothing$/u],
    ["says rubbish", "console.log('I think it is 18')", /^the player's move is neither .*I think/u],
    ["says another thing", "console.log('{}')", /^the player's move is neither/u],
    ["dies", "throw new Error('no credit')", /^the player died \(1\): /u],
    ["hangs", "setInterval(()=>0,1000)", /^the player took longer than 0.4 s$/u],
    [
      "does not stop",
      "const f=()=>process.stdout.write('ha'.repeat(65536),f);f()",
      /^the player does not stop/u,
    ],
  ])("that %s is wrong and no crash", async (what, source, reason) => {
    const player = program(source, what === "hangs" ? 400 : 20_000);
    const { right, reasons } = await played("registrations so far", player);
    expect(right).toBe(false);
    expect(reasons).toEqual([expect.stringMatching(reason)]);
  });

  it("that is not there is wrong and no crash", async () => {
    const { reasons } = await played("a secret", commandPlayer("no-such-player-anywhere", 20_000));
    expect(reasons).toEqual([expect.stringMatching(/^the player died \(127\)/u)]);
  });
});

it("adds up what was right, by kind", () => {
  const outcome = (kind: Outcome["kind"], right: boolean): Outcome => ({
    name: "one",
    kind,
    right,
    reasons: [],
    calls: 2,
    tokens: { read: 1_000, written: 10 },
    conversation: [],
  });
  const totals = totalsOf([outcome("list", true), outcome("order", false), outcome("list", false)]);
  expect(totals.map(({ kind, right, tasks, calls }) => [kind, right, tasks, calls])).toEqual([
    ["list", 1, 2, 4],
    ["order", 0, 1, 2],
    ["all", 1, 3, 6],
  ]);
  expect(tableOf(totals).split("\n").at(-1)).toBe(
    "all        1   3      6        3,000              30",
  );
});
