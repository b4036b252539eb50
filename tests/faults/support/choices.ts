import { randomFrom } from "../../../stand_in/random.ts";

/** Choices that are the same for the same seed. */
export class Choices {
  readonly #next: () => number;

  constructor(seed: number) {
    this.#next = randomFrom(seed);
  }

  chance(probability: number): boolean {
    return this.#next() < probability;
  }

  /** A whole number from `low` to `high`, both included. */
  whole(low: number, high: number): number {
    return low + Math.floor(this.#next() * (high - low + 1));
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.whole(0, items.length - 1)]!;
  }

  /** Some of the items, at most `most`. */
  some<Item>(items: readonly Item[], most: number): Item[] {
    return Array.from({ length: this.whole(1, most) }, () => this.pick(items));
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.whole(0, 255)));
  }
}
