import type { BrevoStandIn } from "../../stand_in/index.ts";
import type { TestDatabase } from "../support/database.ts";

/** What confirm_send answered. */
export interface Answer {
  text: string;
  isError: boolean;
  facts: Record<string, any>;
}

/** What really became of a list: by the mail service's box, and by the database. */
export interface Truth {
  /** How many mails lie in the mailbox of each person of the list, by contact. */
  got: Map<number, number>;
  /** How far each person is by the record, by contact; who was left out is not there. */
  states: Map<number, string>;
  /** Whether the list was started. */
  started: boolean;
}

/**
 * Looks at the mails of a list and at its record, beside both servers.
 *
 * @param mark what every mail of the list holds as `cfpDeadline`; its people are called Person and their id
 */
export async function truthOf(
  brevo: BrevoStandIn,
  database: TestDatabase,
  communication: number,
  mark: string,
): Promise<Truth> {
  const got = new Map<number, number>();
  for (const { params } of brevo.box()) {
    if (params["cfpDeadline"] !== mark) continue;
    const contact = Number(String(params["firstName"]).replace("Person", ""));
    got.set(contact, (got.get(contact) ?? 0) + 1);
  }
  const rows = await database.sql<{ contact_id: number; state: string }[]>`
    SELECT contact_id, state FROM outreach.send_states WHERE communication_id = ${communication}`;
  const [started] = await database.sql<{ one: number }[]>`
    SELECT 1 AS one FROM outreach.send_confirmations
    WHERE communication_id = ${communication} AND started_at IS NOT NULL LIMIT 1`;
  return {
    got,
    states: new Map(rows.map(({ contact_id, state }) => [contact_id, state])),
    started: started !== undefined,
  };
}

/** What an answer says that is not so. That something is not known is never false. */
export function falsehoods({ text, isError, facts }: Answer, truth: Truth): string[] {
  const { got, states, started } = truth;
  const wrong: string[] = [];
  if (/Internal error|\bat .*\.js:|postgres:|SELECT |INSERT /u.test(text)) {
    wrong.push(`shows its insides: ${text}`);
  }
  if (isError) {
    if (/nothing was sent/iu.test(text) && got.size > 0)
      wrong.push(`says that nothing was sent: ${text}`);
    if (/nothing was written/iu.test(text) && started)
      wrong.push(`says that nothing was written: ${text}`);
    return wrong;
  }
  const ids = (list: { contact_id: number }[]) => list.map(({ contact_id }) => contact_id);
  const unknown = new Set(ids(facts["unknown"]));
  const has = (contact: number) => (got.get(contact) ?? 0) > 0;
  for (const contact of ids(facts["failed"])) {
    if (has(contact)) wrong.push(`${String(contact)} is said to have failed, and has it`);
  }
  for (const contact of ids(facts["dropped"])) {
    if (has(contact)) wrong.push(`${String(contact)} is said to be left out, and has it`);
  }
  const claimed = [...states].flatMap(([contact, state]) =>
    state === "accepted" && !unknown.has(contact) ? [contact] : [],
  );
  if (claimed.length !== facts["accepted"]) {
    wrong.push(
      `${String(facts["accepted"])} are said to be accepted, ${String(claimed.length)} are`,
    );
  }
  for (const contact of claimed) {
    if (!has(contact)) wrong.push(`${String(contact)} is said to have it, and has not`);
  }
  const open = [...states].filter(([, state]) => state === "held" || state === "waiting");
  for (const [contact] of open) {
    if (has(contact)) wrong.push(`${String(contact)} is still to be sent it, and has it`);
  }
  const told = Number(facts["held_for_quota"]) + Number(facts["waiting"]);
  if (told !== open.length)
    wrong.push(`${String(told)} are said to be open, ${String(open.length)} are`);
  return wrong;
}
