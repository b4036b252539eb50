/**
 * The cases of a test that takes long for each: all of them in the fault suite (`npm run test:faults`,
 * whose configuration sets WHOLE_MATRIX), else the few that stand for the others.
 */
export function casesOf<Case>(
  all: readonly Case[],
  few: readonly NoInfer<Case>[],
): readonly Case[] {
  return process.env["WHOLE_MATRIX"] === "1" ? all : few;
}
