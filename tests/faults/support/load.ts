import type postgres from "postgres";
import { expect } from "vitest";
import type { TestClient } from "../../../workbench/client.ts";
import { seedPeople } from "../../support/people.ts";
import { checkInvariants } from "./invariants.ts";
import type { Random } from "./random.ts";

/** People whom every mail of the load goes to. */
const CROWD = 40;

/** Seconds within which every call must be answered, whatever happens to the database. */
const PATIENCE = 45;

/** A write, how many rows it makes, and how many of them there are. */
interface Write {
  tool: string;
  args: Record<string, unknown>;
  whole: number;
  rows(sql: postgres.Sql): Promise<number>;
}

/** What a write was said to have come to. */
interface Outcome {
  write: Write;
  said: "done" | "not written" | "uncertain";
  text: string;
}

const INSIDE =
  /Internal error|\bSELECT\b|\bINSERT\b|postgres(?:ql)?:|node_modules|CONNECTION_|\bE[A-Z]{5,}\b/u;

const recipients = Array.from({ length: CROWD }, (_, n) => ({ email: mailbox(n) }));

function mailbox(n: number): string {
  return `guest${String(n)}@example.org`;
}

/** Puts people, a campaign and a mail that events can be reported on into a migrated database. */
export async function seedLoad(sql: postgres.Sql): Promise<void> {
  const { events } = await seedPeople(sql);
  await sql`
    INSERT INTO contacts (first_name, last_name, email)
    SELECT 'Guest', 'Number' || n, 'guest' || n || '@example.org' FROM generate_series(0, ${CROWD - 1}::int) AS n`;
  await sql`
    WITH campaign AS (
      INSERT INTO campaigns (name, event_id, campaign_type, status)
      VALUES ('CFP 2026', ${events.day2026}, 'cfp', 'active') RETURNING id
    ), mail AS (
      INSERT INTO communications (campaign_id, channel, title, status, sent_at)
      SELECT id, 'email', 'Reported on', 'sent', '2025-01-01T08:00:00Z' FROM campaign RETURNING id
    )
    INSERT INTO communication_recipients (communication_id, contact_id, status, sent_at, brevo_message_id)
    SELECT mail.id, contacts.id, 'sent', '2025-01-01T08:00:00Z', '<' || email || '>'
    FROM mail, contacts WHERE first_name = 'Guest'`;
}

let made = 0;

/** Chooses the next write; no two are the same. */
function nextWrite(random: Random): Write {
  made += 1;
  const title = `Write ${String(process.pid)} ${String(made)}`;
  const chance = random();
  if (chance < 0.6) {
    return {
      tool: "log_send",
      args: { campaign: "CFP 2026", title, recipients },
      whole: CROWD,
      rows: async (sql) =>
        first(
          await sql<Count[]>`
          SELECT count(*)::int FROM communication_recipients JOIN communications AS mail
            ON mail.id = communication_id WHERE title = ${title}`,
        ),
    };
  }
  if (chance < 0.8) {
    const at = new Date(Date.UTC(2025, 1, 1) + made * 60_000).toISOString();
    return {
      tool: "record_delivery_events",
      args: {
        events: recipients.map(({ email }) => ({
          event: "opened",
          at,
          brevo_message_id: `<${email}>`,
        })),
      },
      whole: CROWD,
      rows: async (sql) =>
        first(
          await sql<Count[]>`
          SELECT count(*)::int FROM communication_recipients,
            jsonb_array_elements(metadata -> 'events') AS event
          WHERE (event ->> 'at')::timestamptz = ${at}::timestamptz`,
        ),
    };
  }
  return {
    tool: "create_asset",
    args: {
      campaign: "CFP 2026",
      title,
      asset_type: "flyer",
      distributions: [{ channel: "linkedin" }, { channel: "print" }, { channel: "website" }],
    },
    whole: 4,
    rows: async (sql) =>
      first(
        await sql<Count[]>`
        SELECT (count(DISTINCT asset.id) + count(share.id))::int AS count
        FROM marketing_assets AS asset LEFT JOIN asset_distributions AS share ON asset_id = asset.id
        WHERE title = ${title}`,
      ),
  };
}

interface Count {
  count: number;
}

function first(rows: readonly Count[]): number {
  return rows[0]?.count ?? 0;
}

/** Calls that ran while something was broken, and what they were told. */
export class Load {
  readonly outcomes: Outcome[] = [];
  readonly refusals = new Map<string, number>();
  reads = 0;
  /** Milliseconds of the slowest call. */
  slowest = 0;
  readonly #random: Random;
  readonly #clients: readonly TestClient[];

  constructor(clients: readonly TestClient[], random: Random) {
    this.#clients = clients;
    this.#random = random;
  }

  /** Lets every client call without a pause, several calls at once, until `work` is done. */
  async during(work: () => Promise<void>, callsAtOnce = 2): Promise<void> {
    let going = true;
    const callers = this.#clients.flatMap((client) =>
      Array.from({ length: callsAtOnce }, async () => {
        while (going) await this.#one(client);
      }),
    );
    try {
      await work();
    } finally {
      going = false;
      await Promise.all(callers);
    }
  }

  /** Begins writes on servers that are about to be killed; what they do not answer is uncertain. */
  async doomed(
    clients: readonly TestClient[],
    writes: number,
    kill: () => Promise<void>,
  ): Promise<void> {
    const calls = clients.flatMap((client) =>
      Array.from({ length: writes }, async () => {
        const write = nextWrite(this.#random);
        this.#note(write, await client.call(write.tool, write.args).catch(() => undefined));
      }),
    );
    await kill();
    await Promise.all(clients.map((client) => client.close()));
    await Promise.all(calls);
  }

  /** The very next call of every client must work, and so must a write. */
  async expectAllWell(): Promise<void> {
    await Promise.all(
      this.#clients.map(async (client) => {
        const [answer] = await this.#timed(() => client.call("list_events"));
        expect(answer.text).toContain("of 2 events");
        expect(answer.isError).toBe(false);
        const write = nextWrite(this.#random);
        const [wrote] = await this.#timed(() => client.call(write.tool, write.args));
        expect({ text: wrote.text, isError: wrote.isError }).toEqual({
          text: wrote.text,
          isError: false,
        });
        this.outcomes.push({ write, said: "done", text: wrote.text });
      }),
    );
  }

  /**
   * Holds what the calls were told against what there is: done is whole, refused is nothing, and what
   * is uncertain is whole or nothing, and whole and not double after the same call again.
   */
  async check(sql: postgres.Sql): Promise<void> {
    const wrong: string[] = [];
    const hold = async ({ write, said, text }: Outcome, allowed: number[]) => {
      const rows = await write.rows(sql);
      if (allowed.includes(rows)) return;
      wrong.push(
        `${write.tool} ${JSON.stringify(write.args["title"] ?? "")} was ${said} and has ${String(rows)} of ${String(write.whole)} rows (${text.slice(0, 200)})`,
      );
    };
    for (const outcome of this.outcomes) {
      const { whole } = outcome.write;
      const allowed = { done: [whole], "not written": [0], uncertain: [0, whole] };
      await hold(outcome, allowed[outcome.said]);
    }
    for (const outcome of this.outcomes) {
      if (outcome.said !== "uncertain") continue;
      const client = this.#random.pick(this.#clients);
      const { tool, args, whole } = outcome.write;
      const again = await client.call(tool, args);
      if (again.isError) wrong.push(`${tool} again was refused: ${again.text}`);
      await hold({ ...outcome, said: "uncertain", text: "called again" }, [whole]);
    }
    for (const text of this.refusals.keys()) {
      // What happens to a database is told in a sentence, and says nothing of the inside.
      if (INSIDE.test(text) || !text.endsWith(".")) {
        const said = this.#clients.map((client) => client.stderr()).join("");
        wrong.push(`an answer was ${text}\n${said.slice(0, 2000)}`);
      }
    }
    expect(wrong).toEqual([]);
    await checkInvariants(sql);
  }

  /** A line for the person who reads the run. */
  summary(): string {
    const count = (said: Outcome["said"]) =>
      String(this.outcomes.filter((outcome) => outcome.said === said).length);
    const refusals = [...this.refusals].map(([text, times]) => `    ${String(times)} x ${text}`);
    return [
      `${String(this.reads)} reads, ${count("done")} writes done, ${count("not written")} not written, ${count("uncertain")} uncertain; slowest ${(this.slowest / 1000).toFixed(1)} s`,
      ...refusals,
    ].join("\n");
  }

  async #one(client: TestClient): Promise<void> {
    if (this.#random() < 0.4) {
      const [tool, args] = this.#random.pick([
        ["list_events", {}],
        ["list_campaigns", {}],
        ["query_recipients", { campaign: "CFP 2026", limit: 5 }],
        ["query_outreach_timeline", { campaign: "CFP 2026", limit: 5 }],
      ] as const);
      const [answer] = await this.#timed(() => client.call(tool, args));
      this.reads += 1;
      if (answer.isError) this.#refused(answer.text);
      return;
    }
    const write = nextWrite(this.#random);
    const [answer] = await this.#timed(() => client.call(write.tool, write.args));
    this.#note(write, answer);
  }

  #note(write: Write, answer: { text: string; isError: boolean } | undefined): void {
    const text = answer?.text ?? "the server was killed";
    const said = !answer
      ? "uncertain"
      : !answer.isError
        ? "done"
        : text.includes("Nothing was written")
          ? "not written"
          : "uncertain";
    if (answer?.isError) this.#refused(text);
    this.outcomes.push({ write, said, text });
  }

  #refused(text: string): void {
    this.refusals.set(text, (this.refusals.get(text) ?? 0) + 1);
  }

  async #timed<Answer>(call: () => Promise<Answer>): Promise<[Answer]> {
    const start = performance.now();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new Error(`a call was not answered within ${String(PATIENCE)} s`));
      }, PATIENCE * 1000);
    });
    try {
      return [await Promise.race([call(), late])];
    } finally {
      clearTimeout(timer);
      this.slowest = Math.max(this.slowest, performance.now() - start);
    }
  }
}
