import { createHash } from "node:crypto";
import type { Queryable } from "../database/connect.ts";
import { canonical } from "../mcp/paging.ts";
import { claimCall, completeCall, releaseCall, type RecordedKind } from "./queries.ts";

/** Within so many minutes an identical call is a repetition and records nothing. */
export const REPLAY_MINUTES = 10;

/** What a repeated call is told whose first entry goes while it is answered. */
export const REMOVED_SINCE =
  "What the same call recorded before was removed meanwhile; call again to record it anew.";

/** A claimed call: the first of its kind within the window of repetitions, or a repetition of one. */
export interface Claim {
  /** The entry that an identical call recorded, or null: this call is the first. */
  recorded: number | null;
  /** Notes what this call recorded, for those that repeat it. */
  complete(entry: number): Promise<void>;
  /** Lets the call be made anew, where it came to nothing and its transaction goes on. */
  release(): Promise<void>;
}

/**
 * Claims a write for this transaction, so that the same call records nothing twice: not when it is
 * repeated within {@link REPLAY_MINUTES}, and not when two arrive at once (the second waits for the first).
 *
 * @param meant the arguments after references were resolved, without what was left out
 */
export async function claim(
  sql: Queryable,
  tool: string,
  kind: RecordedKind,
  meant: Record<string, unknown>,
): Promise<Claim> {
  const key = createHash("sha256")
    .update(`${tool} ${canonical(meant)}`)
    .digest("hex");
  return {
    recorded: await claimCall(sql, key, kind, REPLAY_MINUTES),
    complete: (entry) => completeCall(sql, key, entry, REPLAY_MINUTES),
    release: () => releaseCall(sql, key),
  };
}
