import { randomFrom } from "./random.ts";

/** The part of the API that a fault strikes. */
export type Place =
  "send" | "account" | "templates" | "template" | "blockedContacts" | "events" | "any";

/** What can go wrong with a request. "before" is before Brevo takes it, "after" once it has. */
export const ALL_FAULTS = [
  "401",
  "402",
  "403",
  "429",
  "account_under_validation",
  "500 before",
  "500 after",
  "drop before",
  "drop after",
  "stall before",
  "stall after",
  "stalled body",
  "broken body",
  "html before",
  "html after",
  "html 403",
  "without ids",
  "too few ids",
  "too many ids",
  "doubled ids",
  "half taken",
  "endless body",
  "redirect",
  "slow",
] as const;
export type Fault = (typeof ALL_FAULTS)[number];

export interface Planned {
  fault: Fault;
  place: Place;
  /** What a 429 asks to wait. */
  resetSeconds: number;
  /** How late a slow answer comes. */
  milliseconds: number;
}

/** Which fault strikes the next request, by plan or by chance. */
export class Faults {
  readonly #planned: Planned[] = [];
  #chance: { draw: () => number; share: number; kinds: readonly Fault[]; place: Place } | undefined;

  /** Strikes the next `times` requests to a place; several plans strike one after another. */
  plan(fault: Fault, details: Partial<Omit<Planned, "fault">> & { times?: number } = {}): void {
    const { times = 1, place = "send", resetSeconds = 1, milliseconds = 200 } = details;
    for (let count = 0; count < times; count += 1) {
      this.#planned.push({ fault, place, resetSeconds, milliseconds });
    }
  }

  /** Strikes this share of the requests from now on, the same for the same seed; 0 ends it. */
  byChance(
    seed: number,
    share: number,
    kinds: readonly Fault[] = ALL_FAULTS,
    place: Place = "send",
  ): void {
    this.#chance = share === 0 ? undefined : { draw: randomFrom(seed), share, kinds, place };
  }

  /** Ends all that was planned. */
  clear(): void {
    this.#planned.length = 0;
    this.#chance = undefined;
  }

  take(place: Place): Planned | undefined {
    const index = this.#planned.findIndex(
      (planned) => planned.place === place || planned.place === "any",
    );
    if (index !== -1) return this.#planned.splice(index, 1)[0];
    const chance = this.#chance;
    if (chance === undefined || (chance.place !== "any" && chance.place !== place))
      return undefined;
    if (chance.draw() >= chance.share) return undefined;
    const fault = chance.kinds[Math.floor(chance.draw() * chance.kinds.length)]!;
    return { fault, place, resetSeconds: 1, milliseconds: 200 };
  }
}
