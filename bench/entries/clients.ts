import { connectBare, type BareClient } from "../bare_client.ts";
import type { Ground } from "../ground.ts";
import { inTurns, median, yesOrNo, type Entry } from "../measure.ts";
import { mixedCall } from "../mixed.ts";

const RECIPIENTS = 100_000;
const CLIENTS = 8;
const SECONDS = 4;
const ROUNDS = 5;
const AIM = 1.5;

/** What eight assistants at once get done together. */
export const clients: Entry = {
  name: "clients",
  about:
    "Calls per second of eight clients at once, each with its own server, three of ten calls writes, in a\n" +
    "history of 100 thousand recipients; floor: one of these clients alone. Medians of 5 runs of 4 s in turns.",
  async run(ground) {
    return ground.onCopyOfHistory(RECIPIENTS, async (url) => {
      const connected: BareClient[] = [];
      try {
        for (let client = 0; client < CLIENTS; client++)
          connected.push(await connectBare("outreach", { DATABASE_URL: url }));
        const rate = ratesOf(ground);
        await rate(connected);
        const { one, other } = await inTurns(
          ground,
          ROUNDS,
          () => rate(connected.slice(0, 1)),
          () => rate(connected),
        );
        const [floor, together] = [median(one), median(other)];
        return [
          {
            clients: CLIENTS,
            rounds: other.length,
            calls_per_s: together,
            of_one_client_per_s: floor,
            ratio: together / floor,
            aim: `>= ${AIM} x`,
            met: yesOrNo(together / floor >= AIM),
          },
        ];
      } finally {
        await Promise.all(connected.map((client) => client.close()));
      }
    });
  },
};

/** Calls per second of clients that call at once; no call is made twice, whoever makes it. */
function ratesOf(ground: Ground): (clients: readonly BareClient[]) => Promise<number> {
  let call = 0;
  return async (clients) => {
    const begun = performance.now();
    let made = 0;
    await Promise.all(
      clients.map(async (client) => {
        while (performance.now() < begun + SECONDS * 1000) {
          ground.goOn();
          call += 1;
          await mixedCall(client, call);
          made += 1;
        }
      }),
    );
    return made / ((performance.now() - begun) / 1000);
  };
}
