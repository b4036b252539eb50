import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";

/** Asks whoever is at the terminal, or whatever is piped in, line after line. */
export interface Dialogue {
  /**
   * @param isSecret what is typed is not shown
   * @returns the line without space around it; null where none comes any more
   */
  ask(question: string, isSecret?: boolean): Promise<string | null>;
  close(): void;
}

/** A dialogue on this process's stdin and stdout. */
export function openDialogue(): Dialogue {
  let isMuted = false;
  const output = new Writable({
    write(chunk: Buffer, _, done) {
      if (!isMuted) process.stdout.write(chunk);
      done();
    },
  });
  const terminal = process.stdin.isTTY;
  const lines = createInterface({ input: process.stdin, output, terminal, historySize: 0 });
  // Not `question`, which loses the lines that come before it is asked, as from a pipe.
  const answers = lines[Symbol.asyncIterator]();
  return {
    async ask(question, isSecret = false) {
      lines.setPrompt(`${question} `);
      lines.prompt();
      isMuted = isSecret && terminal;
      const answer = await answers.next();
      if (isMuted || !terminal) process.stdout.write("\n");
      isMuted = false;
      return answer.done === true ? null : answer.value.trim();
    },
    close: () => lines.close(),
  };
}
