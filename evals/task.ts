import type { Sql } from "postgres";
import type { Fact } from "./facts.ts";

/** What is graded: whether a question is answered, a list whole, an order carried out, a wrong one not, and whether what nobody knows is called unknown. */
export type Kind = "question" | "list" | "order" | "refusal" | "unknown";

/** Something to be done for an organiser, with its truth. */
export interface Task {
  /** A few words that no other task has. */
  name: string;
  kind: Kind;
  turns: readonly Turn[];
  /** What the person says where a server asks them; left out, yes to what an order needs and else no. */
  person?: "accept" | "decline";
  /** Changes the record before the person comes. */
  before?: (sql: Sql) => Promise<unknown>;
}

/** What a person says, what the answer to it is held to, and how it can be answered. */
export interface Turn {
  says: string;
  holds: readonly Fact[];
  lacks?: readonly Fact[];
  /** What has to be so after the answer; {@link untouched} unless something else is said. */
  after?: Check;
  /** Calls by which the answer can be had, each knowing what the ones before it answered. */
  calls: readonly (Call | ((answers: readonly string[]) => Call))[];
  /** The answer; the tools' own words unless it is said. */
  answer?: string;
}

/** A call of a tool. */
export interface Call {
  tool: string;
  arguments: Record<string, unknown>;
}

/** Says what is wrong with the state of things, or nothing. */
export type Check = (state: State) => string | undefined | Promise<string | undefined>;

/** How things stand after an answer, beside how they stood before the task. */
export interface State {
  /** On the record. */
  sql: Sql;
  /** The tools that wrote since, but for news fetched of mails. */
  wrote: readonly string[];
  /** Mails that left since. */
  mails: number;
  /** How often the person was asked since. */
  asked: number;
}

/** Nothing was written, nothing was sent, and the person was left alone. */
export const untouched: Check = ({ wrote, mails, asked }) =>
  wrote.length > 0 || mails > 0
    ? `wrote ${wrote.length > 0 ? wrote.join(", ") : "nothing"} and sent ${String(mails)} mails, which nobody asked for`
    : asked > 0
      ? "had the person asked for no reason"
      : undefined;

/** Nothing was sent, and the person was left alone; what is prepared may be written. */
export const unsent: Check = ({ mails, asked }) =>
  mails > 0 || asked > 0
    ? `sent ${String(mails)} mails and asked the person ${String(asked)} times`
    : undefined;

/** Nothing was sent, whatever the person was asked. */
export const withheld: Check = ({ mails }) =>
  mails > 0 ? `sent ${String(mails)} mails without a yes` : undefined;

/**
 * The record holds rows, nothing but what is meant to write them wrote, and nothing was sent.
 *
 * @param tools that may have written
 * @param read rows of which each value is compared as text; null is `-`
 */
export function recorded(
  tools: readonly string[],
  read: (sql: Sql) => Promise<readonly object[]>,
  ...expected: readonly string[]
): Check {
  return async ({ sql, mails, wrote }) => {
    if (mails > 0) return `sent ${String(mails)} mails, which nobody asked for`;
    const others = wrote.filter((tool) => !tools.includes(tool));
    if (others.length > 0) return `wrote ${others.join(", ")}, which nobody asked for`;
    const rows = (await read(sql)).map((row) =>
      Object.values(row)
        .map((value) => String(value ?? "-"))
        .join(", "),
    );
    return rows.join("; ") === expected.join("; ")
      ? undefined
      : `the record holds "${rows.join("; ")}", not "${expected.join("; ")}"`;
  };
}
