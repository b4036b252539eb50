import { spawn } from "node:child_process";
import { type Player, PlayerFailed } from "./player.ts";

/** Characters of a move; more is rubbish. */
const LONGEST_MOVE = 1_000_000;

/**
 * A player behind a command, which the shell starts anew for each move: it is given the input as JSON on
 * stdin and writes its move to stdout.
 *
 * @param patience milliseconds for a move
 */
export function commandPlayer(command: string, patience: number): Player {
  return (input) =>
    new Promise((resolve, reject) => {
      const isWindows = process.platform === "win32";
      // In a group of its own, so that what the shell started ends with it.
      const child = spawn(command, { shell: true, detached: !isWindows });
      let move = "";
      let errors = "";
      const fail = (why: string) => {
        reject(new PlayerFailed(why));
        try {
          if (isWindows) child.kill();
          else process.kill(-child.pid!, "SIGKILL");
        } catch {
          // It is gone already.
        }
      };
      const timer = setTimeout(() => {
        fail(`the player took longer than ${String(patience / 1000)} s`);
      }, patience);
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        move += text;
        if (move.length > LONGEST_MOVE) fail("the player does not stop talking");
      });
      child.stderr.setEncoding("utf8").on("data", (text: string) => {
        errors = (errors + text).slice(-300);
      });
      child.on("error", ({ message }) => {
        fail(`the player did not start: ${message}`);
      });
      child.on("close", (code) => {
        clearTimeout(timer);
        if (code === 0) resolve(move);
        else fail(`the player died (${String(code)}): ${errors.trim().split("\n").at(-1) ?? ""}`);
      });
      // A player that does not read its input has its answer looked at all the same.
      child.stdin.on("error", () => undefined).end(JSON.stringify(input));
    });
}
