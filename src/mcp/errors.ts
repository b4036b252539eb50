/**
 * A mistake that the caller can correct. The message is one or two sentences for a person: what was
 * wrong and what would be right. It is the only kind of error whose text leaves the process.
 */
export class ToolError extends Error {
  override readonly name = "ToolError";
  /** What is known of the write: that nothing was written, or not even that. */
  readonly outcome: "nothing written" | "unknown";
  constructor(message: string, outcome: "nothing written" | "unknown" = "nothing written") {
    super(message);
    this.outcome = outcome;
  }
}

/** Leaves a handler to ask the person something; the call is run again with the answer. */
export class InputNeeded extends Error {
  override readonly name = "InputNeeded";
  readonly question: string;
  /** Comes back with the answer, and shows that the answer is to this question. */
  readonly seal: string;
  /** A page that the client is to open for the person; undefined: it asks in words. */
  readonly url: string | undefined;
  constructor(question: string, seal: string, url?: string) {
    super("a person is asked");
    this.question = question;
    this.seal = seal;
    this.url = url;
  }
}

/** Lists values in a sentence: `a`, `a or b`, `a, b or c`. */
export function oneOf(values: readonly string[]): string {
  if (values.length < 2) return values.join("");
  return `${values.slice(0, -1).join(", ")} or ${values.at(-1)}`;
}
