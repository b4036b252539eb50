import type postgres from "postgres";
import { describe, expect, inject, it } from "vitest";
import { ArgumentSource, type Definition } from "./support/arguments.ts";
import { Choices } from "./support/choices.ts";
import { checkInvariants } from "./support/invariants.ts";
import { outcomeOf } from "./support/judge.ts";
import { Wire, text } from "./support/wire.ts";
import { generatedWorld } from "./support/world.ts";

/** Calls of each server, one after the other, so that what changed is known to be a call's doing. */
const CALLS = { outreach: 3000, import: 500 };

describe.each(["outreach", "import"] as const)("calls of the %s server, one by one", (server) => {
  it("write nothing where they are refused or only ask", { timeout: 900_000 }, async () => {
    const seed = inject("faultSeed");
    const random = new Choices(seed);
    const world = await generatedWorld(seed);
    const wire = new Wire({
      server,
      generation: "2026-07-28",
      env: { ...world.env, OUTREACH_CONFIRM: "assistant" },
      person: () => ({ action: random.pick(["accept", "accept", "decline", "cancel"]) }),
    });
    try {
      const tools = (await wire.request("tools/list"))?.result?.["tools"] as Definition[];
      const source = new ArgumentSource(tools, world.words);
      const wrong: string[] = [];
      const outcomes = { done: 0, refused: 0, "protocol error": 0, gone: 0, wrote: 0 };
      let before = await everything(world.database.sql);
      for (let call = 0; call < CALLS[server]; call += 1) {
        const tool = random.pick(tools);
        const { args } = source.for(tool.name, random);
        const message = await wire.call(tool.name, args);
        const outcome = outcomeOf(message);
        outcomes[outcome] += 1;
        const after = await everything(world.database.sql);
        const changed = Object.keys(after).filter((table) => after[table] !== before[table]);
        before = after;
        if (changed.length === 0) continue;
        outcomes.wrote += 1;
        const said = String(message?.result?.["content"]?.[0]?.text).slice(0, 200);
        if (tool.annotations.readOnlyHint || outcome !== "done") {
          wrong.push(`${tool.name} ${text(args).slice(0, 500)}: ${changed.join(", ")}: ${said}`);
        }
        const send = message?.result?.["structuredContent"]?.["send"];
        if (tool.name === "prepare_send" && send) {
          const { communication_id, confirmation_code } = send;
          world.words.prepared.push({ communication: String(communication_id), confirmation_code });
        }
      }
      console.log(`${server}: ${JSON.stringify(outcomes)}`);
      expect(wrong).toEqual([]);
      expect(outcomes.wrote).toBeGreaterThan(5);
      await checkInvariants(world.database.sql);
    } finally {
      await wire.close();
      await world.close();
    }
    expect(wire.wrong).toEqual([]);
  });
});

/** A digest of every row of every table, by table. */
async function everything(sql: postgres.Sql): Promise<Record<string, string>> {
  const tables = await sql<{ name: string }[]>`
    SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
    WHERE schemaname IN ('public', 'outreach') ORDER BY 1`;
  const digests = tables.map(
    ({ name }) =>
      `SELECT '${name}' AS name, count(*) || ' ' || coalesce(sum(hashtext(it::text)), 0) AS digest FROM ${name} AS it`,
  );
  const rows = await sql.unsafe<{ name: string; digest: string }[]>(digests.join(" UNION ALL "));
  return Object.fromEntries(rows.map(({ name, digest }) => [name, digest]));
}
