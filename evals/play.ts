import { DateTime } from "luxon";
import { ZONE } from "../demo/calendar.ts";
import { plain } from "./facts.ts";
import { type Input, moveOf, type Player, PlayerFailed, type Said } from "./player.ts";
import { type Call, type Kind, type Task, type Turn, untouched } from "./task.ts";
import type { World, Worlds } from "./world.ts";

/** How a task went. */
export interface Outcome {
  name: string;
  kind: Kind;
  right: boolean;
  /** Why it is wrong. */
  reasons: string[];
  calls: number;
  /** Characters / 4 of what the player was told, at each move anew, and of what it said. */
  tokens: { read: number; written: number };
  conversation: readonly Said[];
}

/** Has a player do a task, and grades it. */
export async function play(
  task: Task,
  player: Player,
  worlds: Worlds,
  mostCalls: number,
): Promise<Outcome> {
  const world = await worlds.for(task);
  const game = new Game(world, player, mostCalls);
  const reasons: string[] = [];
  try {
    for (const turn of task.turns) {
      const answer = await game.answerTo(turn.says);
      const wrong = await (turn.after ?? untouched)(await world.state());
      reasons.push(...gaps(turn, answer), ...(wrong === undefined ? [] : [wrong]));
    }
  } catch (error) {
    if (!(error instanceof PlayerFailed)) throw error;
    reasons.push(error.message);
  }
  const { calls, read, written, conversation } = game;
  return {
    name: task.name,
    kind: task.kind,
    right: reasons.length === 0,
    reasons,
    calls,
    tokens: { read: Math.round(read / 4), written: Math.round(written / 4) },
    conversation,
  };
}

function gaps({ holds, lacks = [] }: Turn, answer: string): string[] {
  const said = plain(answer);
  return [
    ...holds.filter((fact) => !fact.isSaidIn(said)).map(({ named }) => `does not say ${named}`),
    ...lacks.filter((fact) => fact.isSaidIn(said)).map(({ named }) => `says ${named}`),
  ];
}

class Game {
  calls = 0;
  read = 0;
  written = 0;
  readonly conversation: Said[] = [];
  readonly #world: World;
  readonly #player: Player;
  readonly #mostCalls: number;
  readonly #told: Pick<Input, "instructions" | "tools">;

  constructor(world: World, player: Player, mostCalls: number) {
    this.#world = world;
    this.#player = player;
    this.#mostCalls = mostCalls;
    const today = DateTime.now().setZone(ZONE).setLocale("en").toFormat("cccc d MMMM yyyy");
    const host = `You help an organiser of events. Today is ${today}; the time zone is ${ZONE}. Answer in a few plain sentences.`;
    this.#told = {
      instructions: `${host}\n\n${world.instructions}`,
      tools: world.tools,
    };
  }

  /** @throws PlayerFailed */
  async answerTo(words: string): Promise<string> {
    this.conversation.push({ from: "person", text: words });
    for (;;) {
      const input = { ...this.#told, conversation: this.conversation };
      this.read += JSON.stringify(input).length;
      const text = await this.#player(input);
      this.written += text.length;
      const move = moveOf(text);
      this.conversation.push({ from: "assistant", ...move });
      if ("answer" in move) return move.answer;
      this.calls += 1;
      if (this.calls > this.#mostCalls)
        throw new PlayerFailed(`it made more than ${String(this.#mostCalls)} calls`);
      this.conversation.push(await this.#called(move.call));
    }
  }

  async #called({ tool, arguments: args }: Call): Promise<Said> {
    try {
      const { text, isError } = await this.#world.call(tool, args);
      return { from: "tool", tool, text, is_error: isError };
    } catch (error) {
      // The protocol's own refusal, such as of a tool that is not there.
      const text = error instanceof Error ? error.message : String(error);
      return { from: "tool", tool, text, is_error: true };
    }
  }
}
