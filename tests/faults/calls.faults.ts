import { inject, describe, expect, it } from "vitest";
import { parseAddress } from "../../src/database/address.ts";
import { plain as shown } from "../../src/mcp/render.ts";
import { personsPath } from "../../src/words/paths.ts";
import type { Generation } from "../../workbench/client.ts";
import { ArgumentSource, type Definition } from "./support/arguments.ts";
import { HOSTILE_TEXTS, HOSTILE_TIMES } from "./support/hostile.ts";
import { checkInvariants } from "./support/invariants.ts";
import { Judge, namesInside, outcomeOf, type Outcome } from "./support/judge.ts";
import { Choices } from "./support/choices.ts";
import { Wire, text, type Message } from "./support/wire.ts";
import { generatedWorld, type GeneratedWorld } from "./support/world.ts";

/** Calls altogether, and in a round: each round has a world of its own, so that none grows too old. */
const CALLS = Number(process.env["FAULT_CALLS"] ?? 100_000);
const IN_A_ROUND = 5_000;
const ROUNDS = Math.max(1, Math.ceil(CALLS / IN_A_ROUND));

/** Calls that each server has under way at once. */
const LANES = 3;

/** Calls in a hundred that go to the import server, which reads a file for each. */
const IMPORTS = 10;

/** Calls in a thousand that the client cancels while they run. */
const CANCELLED = 10;

/** Prints every different refusal once, for whoever judges how they read. */
const SHOWS_WORDS = process.env["FAULT_WORDS"] !== undefined;

interface Kind {
  server: "outreach" | "import";
  generation: Generation;
  confirm?: "assistant";
  asksPerson?: boolean;
}

/** The servers of a round: for clients of both generations, and with every way to confirm a mail. */
const KINDS: readonly Kind[] = [
  { server: "outreach", generation: "2025-11-25", confirm: "assistant" },
  { server: "outreach", generation: "2026-07-28", asksPerson: true },
  { server: "outreach", generation: "2025-11-25", asksPerson: true },
  { server: "outreach", generation: "2026-07-28" },
  { server: "import", generation: "2026-07-28" },
];

const PERSONS_ANSWERS: readonly unknown[] = [
  { action: "accept", content: {} },
  { action: "accept", content: {} },
  { action: "accept" },
  { action: "decline" },
  { action: "cancel" },
  { action: "accept", content: { surplus: "x".repeat(1000) } },
];

/** Tool to how many of its calls ended how. */
type Tally = Map<string, Record<Outcome, number>>;

const tally: Tally = new Map();
/** The beginning of a refusal to its first wording, and how often it came. */
const refusals = new Map<string, { words: string; times: number }>();

describe("generated calls", () => {
  const seed = inject("faultSeed");

  it.for(Array.from({ length: ROUNDS }, (_, index) => seed + index))(
    "leave servers and database whole, seed %i",
    { timeout: 900_000 },
    async (roundSeed) => {
      const calls = Math.min(IN_A_ROUND, CALLS);
      const world = await generatedWorld(roundSeed);
      try {
        const began = Date.now();
        const faults = await round(world, roundSeed, calls);
        const seconds = (Date.now() - began) / 1000;
        console.log(
          `${String(calls)} calls in ${seconds.toFixed(0)} s, ${(calls / seconds).toFixed(0)} a second`,
        );
        expect(faults.slice(0, 20), `${String(faults.length)} faults`).toEqual([]);
        await checkInvariants(world.database.sql);
      } finally {
        await world.close();
      }
    },
  );

  it("reached every tool, with success and with refusal", () => {
    console.log(table(tally));
    if (SHOWS_WORDS) {
      const said = [...refusals.values()].map(
        ({ words, times }) => `${words} (${String(times)} ×)`,
      );
      console.log(said.sort().join("\n"));
    }
    for (const [tool, count] of tally) {
      expect([tool, count.done > 0, count.refused > 0]).toEqual([tool, true, true]);
    }
    expect(tally.size).toBeGreaterThan(30);
  });
});

/** Makes the calls of a round and tells what was wrong, each with the call that shows it. */
async function round(world: GeneratedWorld, seed: number, calls: number): Promise<string[]> {
  const faults: string[] = [];
  const secrets = [
    ...(await namesInside(world.database.sql)),
    `/${parseAddress(world.database.url).database ?? ""}`,
  ];
  let left = { outreach: Math.floor((calls * (100 - IMPORTS)) / 100), import: 0 };
  left = { ...left, import: calls - left.outreach };
  await Promise.all(
    KINDS.map(async (kind, index) => {
      const person = new Choices(seed * 1000 + index);
      const wire = new Wire({
        server: kind.server,
        generation: kind.generation,
        env: { ...world.env, ...(kind.confirm && { OUTREACH_CONFIRM: kind.confirm }) },
        person: kind.asksPerson ? () => person.pick(PERSONS_ANSWERS) : undefined,
      });
      await wire.open();
      const tools = (await wire.request("tools/list"))?.result?.["tools"] as Definition[];
      const source = new ArgumentSource(tools, world.words);
      const judge = new Judge(tools, secrets);
      const lane = async (number: number) => {
        const random = new Choices(seed * 1000 + index * 10 + number + 100);
        while (left[kind.server] > 0 && wire.ended === undefined) {
          left[kind.server] -= 1;
          const tool = random.pick(tools).name;
          const { args } = source.for(tool, random);
          const cancelling = random.chance(CANCELLED / 1000);
          const id = wire.nextId();
          const answer = wire.call(tool, args);
          if (cancelling) setTimeout(() => wire.cancel(id), random.whole(0, 20));
          const message = await answer;
          count(tool, outcomeOf(message));
          if (message === undefined) continue;
          const given = text(args);
          const supplied = (words: string) => isSupplied(words, given, args, world);
          for (const fault of judge.faultsOf(tool, message, supplied)) {
            faults.push(`${fault}: ${tool} ${given.slice(0, 1500)}`);
          }
          learn(world, tool, args, message);
        }
      };
      await Promise.all(Array.from({ length: LANES }, (_, number) => lane(number)));
      if (wire.ended === undefined) {
        const alive = await wire.request("tools/list");
        if (alive?.result?.["tools"]?.length !== tools.length) faults.push("it answers no more");
      } else faults.push(`the server ended with ${String(wire.ended)}`);
      await wire.close();
      if (wire.ended !== 0) faults.push(`the server ended with ${String(wire.ended)}`);
      faults.push(...wire.wrong);
      if (wire.stderr() !== "") faults.push(`stderr: ${wire.stderr().slice(0, 3000)}`);
    }),
  );
  return faults;
}

/** Whether words stand in the call, or in what any call may have put into the database before. */
function isSupplied(
  words: string,
  given: string,
  args: unknown,
  { words: vocabulary, brevo, env }: GeneratedWorld,
) {
  const plain = given.replaceAll('\\"', '"').replaceAll("\\\\", "\\");
  return (
    given.includes(words) ||
    isPathOf(args, words.trim()) ||
    plain.includes(words.trim()) ||
    HOSTILE_TEXTS.some((hostile) => hostile.includes(words)) ||
    HOSTILE_TIMES.includes(words) ||
    Object.values(vocabulary.files)
      .flat()
      .some((file) => file.includes(words.trim())) ||
    words.includes(brevo.url) ||
    words.trim().startsWith(env["OUTREACH_EXPORT_DIR"] ?? "\0")
  );
}

/** Whether these words are of the absolute path of the call's own file, or of a file in the folder that it named. */
function isPathOf(args: unknown, words: string): boolean {
  const { file_path } = (args ?? {}) as { file_path?: unknown };
  if (typeof file_path !== "string") return false;
  const path = shown(personsPath(file_path));
  return `${path}.`.startsWith(words) || words.startsWith(`${path}/`);
}

/** Takes from an answer what later calls can name. */
function learn(
  { words, brevo }: GeneratedWorld,
  tool: string,
  given: unknown,
  { result }: Message,
) {
  const said = result?.["isError"] === true ? result["content"]?.[0]?.text : undefined;
  if (said !== undefined) {
    // The stand-in answers a hundred questions an hour, as Brevo does.
    if (String(said).startsWith("Brevo was asked too often")) brevo.advance(3_600_000);
    const words = `${tool}: ${String(said)}`;
    const kind = words.replaceAll(/"[^"]*"|\d+/gu, "…").slice(0, 60);
    const known = refusals.get(kind) ?? { words: words.slice(0, 600), times: 0 };
    refusals.set(kind, { ...known, times: known.times + 1 });
    return;
  }
  const facts = result?.["structuredContent"] as Record<string, any> | undefined;
  if (!facts) return;
  if (typeof facts["next_cursor"] === "string") {
    const args = { ...(given as object), cursor: facts["next_cursor"] };
    words.pages = [...words.pages.slice(-60), { tool, args }];
  }
  if (tool === "list_changes") {
    words.changes = facts["changes"].slice(0, 20).map(({ id }: { id: number }) => id);
  }
  if (tool === "save_note") {
    words.notes = [...words.notes.slice(-20), String(facts["note"].id)];
  }
  if (tool === "prepare_send" && facts["send"]) {
    const { communication_id, confirmation_code } = facts["send"];
    words.prepared = [
      ...words.prepared.slice(-60),
      {
        communication: String(communication_id),
        confirmation_code: confirmation_code ?? undefined,
      },
    ];
  }
  if (tool === "confirm_send" && facts["accepted"] > 0) {
    words.messageIds = brevo
      .accepted()
      .slice(-50)
      .map(({ messageId }) => messageId);
    brevo.simulate();
  }
}

function count(tool: string, outcome: Outcome): void {
  const counts = tally.get(tool) ?? { done: 0, refused: 0, "protocol error": 0, gone: 0 };
  counts[outcome] += 1;
  tally.set(tool, counts);
}

function table(counted: Tally): string {
  return [...counted]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([tool, { done, refused, gone, "protocol error": protocol }]) => {
      const all = done + refused + gone + protocol;
      return `${tool.padEnd(30)} ${String(all).padStart(6)} calls, ${((100 * done) / all).toFixed(0).padStart(3)} % done, ${String(refused)} refused, ${String(protocol)} protocol errors, ${String(gone)} cancelled`;
    })
    .join("\n");
}
