/** Where a write comes from, as the history keeps it. */
export interface Origin {
  /** UUID of the call, which may write in several transactions. */
  call: string;
  tool: string;
  /** Who writes: OUTREACH_ACTOR, or the operating system's user. */
  actor: string;
  /** Name and version of the client, where it told them. */
  client: string | null;
}

const LONGEST_NAME = 200;

/**
 * What tells the history where a transaction's writes come from, as a statement to be sent with BEGIN. As base64,
 * since names are strangers' words and this statement can have no parameters.
 */
export function telling({ call, tool, actor, client }: Origin): string {
  const told = { call, tool, actor: storable(actor), client: client && storable(client) };
  const encoded = Buffer.from(JSON.stringify(told), "utf8").toString("base64");
  return `SET LOCAL outreach.call = '${encoded}'`;
}

/** As PostgreSQL can hold it: without NUL and halves of characters. */
function storable(name: string): string {
  return name.replaceAll("\0", "").slice(0, LONGEST_NAME).toWellFormed();
}
