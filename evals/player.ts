import { z } from "zod";
import type { Call } from "./task.ts";

/** What a player is told before each of its moves. */
export interface Input {
  instructions: string;
  conversation: readonly Said[];
  tools: readonly object[];
}

/** What was said or done in a conversation so far. */
export type Said =
  | { from: "person"; text: string }
  | { from: "assistant"; call: Call }
  | { from: "assistant"; answer: string }
  | { from: "tool"; tool: string; text: string; is_error: boolean };

/**
 * Gives the text of its next move, which {@link moveOf} reads.
 *
 * @throws PlayerFailed
 */
export type Player = (input: Input) => Promise<string>;

/** A player that died, hung or said what is no move; the task that it played is wrong. */
export class PlayerFailed extends Error {}

const MOVE = z.union([
  z.object({
    call: z.object({ tool: z.string(), arguments: z.record(z.string(), z.unknown()).default({}) }),
  }),
  z.object({ answer: z.string() }),
]);

/**
 * Reads a player's move: a call or an answer, as JSON.
 *
 * @throws PlayerFailed where it is neither
 */
export function moveOf(text: string): z.infer<typeof MOVE> {
  try {
    return MOVE.parse(JSON.parse(text));
  } catch {
    throw new PlayerFailed(
      text.trim() === ""
        ? "the player said nothing"
        : `the player's move is neither {"call": …} nor {"answer": …}: ${JSON.stringify(text.slice(0, 60))}`,
    );
  }
}
