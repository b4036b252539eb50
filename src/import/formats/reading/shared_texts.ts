/** Texts that are known at once: as many as rows near each other repeat. */
const KNOWN = 10_000;

/** Keeps one copy of a text where many rows hold it: a purchaser's address, a profession, a source. */
export class SharedTexts {
  #known = new Map<string, string>();

  /** The same object, with texts of others where they are the same. */
  shared<Item extends object>(item: Item): Item {
    for (const field of Object.keys(item) as (keyof Item)[]) {
      const value = item[field];
      if (typeof value === "string") item[field] = this.#one(value);
      else if (Array.isArray(value)) this.shared(value);
    }
    return item;
  }

  #one<Text extends string>(text: Text): Text {
    // JSON.parse keeps one copy of each that is short.
    if (text.length <= SHORT) return text;
    const known = this.#known.get(text);
    if (known !== undefined) return known as Text;
    if (this.#known.size >= KNOWN) this.#known.clear();
    this.#known.set(text, text);
    return text;
  }
}

const SHORT = 10;
