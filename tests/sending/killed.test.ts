import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestClient } from "../../workbench/client.ts";
import { makeWorld, type World } from "./helpers.ts";
import {
  ABOUT_SESSIONS,
  CROWD,
  giveSessions,
  killedRun,
  PATIENCE,
  shareMailboxes,
  type Mailing,
  type Run,
} from "./killing.ts";

/** `npm run test:sending-faults` makes 250 of them, with 1,000 kills. */
const RUNS = Number(process.env["SENDING_FAULT_RUNS"] ?? 3);

describe(`${String(RUNS)} sends, killed at random moments under random faults`, () => {
  let world: World;
  let preparing: TestClient;

  beforeAll(async () => {
    world = await makeWorld({ people: CROWD });
    await shareMailboxes(world);
    preparing = await world.connect({
      env: { OUTREACH_CONFIRM: "assistant" },
      patience: PATIENCE,
    });
  });
  afterAll(async () => {
    await preparing.close();
    await world.close();
  });

  it(
    "gives nobody the mail twice and forgets nobody",
    { timeout: RUNS * 30_000 + PATIENCE },
    async () => {
      const runs: Run[] = [];
      for (let seed = 1; seed <= RUNS; seed += 1) {
        const run = await killedRun(world, preparing, seed);
        expect({ seed, wrong: run.wrong }).toEqual({ seed, wrong: [] });
        runs.push(run);
      }
      report(runs, CROWD);
    },
  );
});

describe(`${String(RUNS)} sends about sessions, killed at random moments under random faults`, () => {
  let world: World;
  let preparing: TestClient;
  let mailing: Mailing;

  beforeAll(async () => {
    world = await makeWorld({ people: CROWD, registry: ABOUT_SESSIONS });
    await shareMailboxes(world);
    mailing = await giveSessions(world);
    preparing = await world.connect({
      env: { OUTREACH_CONFIRM: "assistant" },
      patience: PATIENCE,
    });
  });
  afterAll(async () => {
    await preparing.close();
    await world.close();
  });

  it("sends every mail once, and forgets none", { timeout: RUNS * 40_000 + PATIENCE }, async () => {
    expect(mailing.mails).toBeGreaterThan(CROWD);
    const runs: Run[] = [];
    for (let seed = 1; seed <= RUNS; seed += 1) {
      const run = await killedRun(world, preparing, seed, mailing);
      expect({ seed, wrong: run.wrong }).toEqual({ seed, wrong: [] });
      runs.push(run);
    }
    report(runs, mailing.mails);
  });
});

/** Tells what runs came to, and expects them to be of use. */
function report(runs: readonly Run[], mails: number): void {
  const sum = (of: "accepted" | "unknown" | "failed" | "held" | "out" | "kills" | "answers") =>
    runs.reduce((total, run) => total + run[of], 0);
  const changed = runs.filter(({ change }) => change !== null).length;
  console.log(
    `${String(RUNS)} sends of ${String(mails)} mails: ${String(sum("kills"))} kills, ${String(changed)} changed under way, ${String(sum("accepted"))} accepted, ${String(sum("unknown"))} unknown, ${String(sum("failed"))} failed, ${String(sum("held"))} held, ${String(sum("out"))} left out or taken back; ${String(sum("answers"))} answers compared with the truth`,
  );
  const undisturbed = runs.filter(({ change }) => change === null);
  const accepted = undisturbed.reduce((total, run) => total + run.accepted, 0);
  // Were nearly everything unknown, it would be honest and of no use.
  expect(accepted).toBeGreaterThan(undisturbed.length * mails * 0.7);
}
