import { type Player, PlayerFailed, type Said } from "./player.ts";
import type { Task } from "./task.ts";

/**
 * A player that makes the calls that stand beside the tasks, and answers with what the tools said: where it is
 * right, tools and truth agree, and a model can be, too.
 */
export function scriptedPlayer(tasks: readonly Task[]): Player {
  return ({ conversation }) => {
    const spoken = conversation.filter((said) => said.from === "person");
    const task = tasks.find(({ turns }) =>
      spoken.every(({ text }, index) => turns[index]?.says === text),
    );
    const turn = task?.turns[spoken.length - 1];
    if (turn === undefined) return Promise.reject(new PlayerFailed("there is no such task"));
    const answers = sinceThePersonSpoke(conversation);
    const next = turn.calls[answers.length];
    const move =
      next === undefined
        ? { answer: turn.answer ?? answers.join("\n") }
        : { call: typeof next === "function" ? next(answers) : next };
    return Promise.resolve(JSON.stringify(move));
  };
}

function sinceThePersonSpoke(conversation: readonly Said[]): string[] {
  const from = conversation.findLastIndex((said) => said.from === "person");
  return conversation.slice(from).flatMap((said) => (said.from === "tool" ? [said.text] : []));
}
