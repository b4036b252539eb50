import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { Faults } from "./faults.ts";
import { webhookPayloads, type Disorder } from "./news.ts";
import { randomFrom } from "./random.ts";
import { serve, type Recorded } from "./server.ts";
import { State, type Happening, type Mail, type Plan, type StandInTemplate } from "./state.ts";
import type { Switches } from "./switches.ts";

export { ALL_FAULTS, type Fault } from "./faults.ts";
export type { Happening, Mail, StandInTemplate } from "./state.ts";
export { DEFAULT_SWITCHES, UNKIND_SWITCHES } from "./switches.ts";

export interface StandInOptions {
  /** A made-up key where none is given. */
  apiKey?: string;
  switches?: Partial<Switches>;
  /** A plan without a limit where none is given. */
  plan?: Plan;
  templates?: (Pick<StandInTemplate, "id"> & Partial<StandInTemplate>)[];
  /** Milliseconds since 1970; the system's clock where none is given. */
  clock?: () => number;
}

/** Which mails a simulated event happens to: all that arrived, or those named. */
export interface Whom {
  email?: string;
  messageId?: string;
}

/**
 * Starts a stand-in for Brevo's API on this machine: it behaves as Brevo is known to, sends no mail
 * to anybody, and remembers what it was asked.
 */
export async function startBrevo(options: StandInOptions = {}) {
  const { clock = Date.now } = options;
  const apiKey = options.apiKey ?? "xkeysib-0123456789abcdef-made-up";
  let ahead = 0;
  let disorder: Disorder = {};
  const state = new State(
    apiKey,
    options.switches ?? {},
    options.plan ?? { type: "subscription", credits: null },
    () => clock() + ahead,
  );
  const faults = new Faults();
  const requests: Recorded[] = [];
  const server = serve(state, faults, () => disorder, requests);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;

  const addTemplate = (template: Pick<StandInTemplate, "id"> & Partial<StandInTemplate>): void => {
    const { id } = template;
    state.templates.set(id, {
      name: `Template ${id}`,
      subject: "News",
      htmlContent: "<p>Hello {{params.firstName}}</p>",
      isActive: true,
      ...template,
    });
  };
  options.templates?.forEach(addTemplate);

  const arrived = () => state.mails.filter(({ fate }) => fate === "arrived");
  const meant = ({ email, messageId }: Whom) =>
    arrived().filter(
      (mail) =>
        (email === undefined || mail.email.toLowerCase() === email.toLowerCase()) &&
        (messageId === undefined || mail.messageId === messageId),
    );
  const report = (
    happening: Happening,
    whom: Whom = {},
    details: { at?: number; reason?: string; link?: string } = {},
  ): number => {
    const mails = meant(whom);
    mails.forEach((mail) => state.note(happening, mail, details));
    return mails.length;
  };

  return {
    url: `http://127.0.0.1:${port}`,
    apiKey,
    /** May be turned at any time. */
    switches: state.switches,
    faults,
    /** Every request, whatever it was answered. */
    requests,

    /** What lies in people's mailboxes, in the order of its arrival. */
    box: arrived,
    /** Everything that was accepted, with what became of it. */
    accepted: (): readonly Mail[] => state.mails,
    /** How many mails lie in each mailbox, by address in lower case. */
    perMailbox: (): Map<string, number> =>
      counted(arrived().map(({ email }) => email.toLowerCase())),

    addTemplate,
    switchTemplate: (id: number, isActive: boolean): void => {
      const template = state.templates.get(id);
      if (template) template.isActive = isActive;
    },
    /** As if the person had been put on the block list in Brevo. */
    block: (email: string, code = "adminBlocked"): void => state.block(email, code),

    now: state.now,
    /** Sets the clock, which goes on from there. */
    setClock: (at: number | Date): void => {
      ahead = Number(at) - clock();
    },
    advance: (milliseconds: number): void => {
      ahead += milliseconds;
    },

    /** Lets an event happen to mails that arrived; says to how many. */
    report,
    /** Lets a plausible story happen to every mail of which none has been told yet. */
    simulate: (seed = 1): void => simulate(state, arrived(), seed),
    /** How the feed tells its events from now on. */
    setDisorder: (next: Disorder): void => {
      disorder = next;
    },
    /** What Brevo would post to a webhook for all events so far, or those after the first `from`. */
    webhooks: (told: Disorder & { from?: number } = {}): Record<string, unknown>[] =>
      webhookPayloads(state.happened.slice(told.from ?? 0), told),
    /** How many events happened so far. */
    happened: (): number => state.happened.length,

    close: async (): Promise<void> => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export type BrevoStandIn = Awaited<ReturnType<typeof startBrevo>>;

function counted(values: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

/** Most mails are delivered, half of those opened, a third of those clicked; a few bounce. */
function simulate(state: State, mails: readonly Mail[], seed: number): void {
  const random = randomFrom(seed);
  const told = new Set(
    state.happened.filter(({ happening }) => happening !== "request").map(({ mail }) => mail),
  );
  for (const mail of mails) {
    if (told.has(mail)) continue;
    const at = (minutes: number) => ({ at: mail.acceptedAt + minutes * 60_000 });
    const luck = random();
    if (luck < 0.04) {
      state.note("hard_bounce", mail, { ...at(1), reason: "550 no such mailbox" });
      continue;
    }
    if (luck < 0.07) {
      state.note("soft_bounce", mail, { ...at(1), reason: "452 mailbox full" });
      continue;
    }
    if (luck < 0.12) state.note("deferred", mail, { ...at(1), reason: "451 try again later" });
    state.note("delivered", mail, at(2));
    if (random() < 0.5) {
      state.note("opened", mail, at(30));
      if (random() < 1 / 3)
        state.note("click", mail, { ...at(31), link: "https://example.org/cfp" });
      else if (random() < 0.08) state.note("unsubscribed", mail, at(32));
    }
  }
}
