import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { fold } from "../../src/import/people/person.ts";
import { trimmed } from "../../src/words/blanks.ts";
import { isAddress, mailbox } from "../../src/words/email_address.ts";
import { lowered } from "../../src/words/letters.ts";
import { folded, words } from "../../src/words/names.ts";
import { COLLATIONS, collatedDatabase, type TestDatabase } from "../support/database.ts";

/** Every character that has two cases, can be spelled in two ways, or is neither letter nor digit. */
const CHARACTERS = Array.from({ length: 0x11_0000 }, (_, code) => code)
  .filter((code) => code > 0 && (code < 0xd800 || code > 0xdfff))
  .map((code) => String.fromCodePoint(code))
  .filter(
    (character) =>
      !/[\p{Cn}\p{Co}\p{Script=Hangul}]/u.test(character) &&
      (character.toLowerCase() !== character ||
        character.toUpperCase() !== character ||
        character.normalize("NFKD") !== character ||
        !/\p{L}/u.test(character)),
  );

/** Texts of such characters, more of those on which collations differ. */
const TEXTS = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ...Array.from("IıİiJjÌÍĨĮĄßẞΣσςſKÅéÉ\u0307\u0300'’´&@. \t\u00a0\u200b\u2060\ufeff"),
      ),
      fc.constantFrom(...CHARACTERS),
    ),
    { maxLength: 12 },
  )
  .map((characters) => characters.join(""));

/** What a name is mostly written in, and what is between its words. */
const PLAIN = "aAbBzZ019 -_.,'`&@/";

interface Answer {
  position: number;
  trimmed: string;
  mailbox: string;
  lowered: string;
  /** Null where there are none. */
  words: string[] | null;
  knows: boolean;
}

describe.each(Object.keys(COLLATIONS) as (keyof typeof COLLATIONS)[])(
  "addresses and names under the collation %s",
  (collation) => {
    let database: TestDatabase | string;
    beforeAll(async () => {
      database = await collatedDatabase(collation);
    });
    afterAll(async () => {
      if (typeof database !== "string") await database.drop();
    });

    /** What the database makes of texts, beside what the program makes of them. */
    const disagreements = async ({ sql }: TestDatabase, texts: readonly string[]) => {
      const decomposed = texts.map((text) => text.normalize("NFKD"));
      const answers = await sql<Answer[]>`
        SELECT position::int AS position, outreach.trimmed(text) AS trimmed,
               outreach.mailbox(text) AS mailbox, outreach.lowered(text) AS lowered,
               outreach.words(text) AS words, normalize(text, NFKD) = decomposed AS knows
        FROM unnest(${texts}::text[], ${decomposed}::text[]) WITH ORDINALITY AS given (text, decomposed, position)
        ORDER BY position`;
      return answers.flatMap((answer) => {
        const text = texts[answer.position - 1] ?? "";
        const own = {
          trimmed: trimmed(text),
          mailbox: mailbox(text),
          lowered: lowered(text),
          // A server of an older Unicode does not know how the newest letters come apart.
          words: answer.knows ? words(text) : (answer.words ?? []),
        };
        const { trimmed: a, mailbox: b, lowered: c, words: d } = answer;
        const told = { trimmed: a, mailbox: b, lowered: c, words: d ?? [] };
        return JSON.stringify(told) === JSON.stringify(own) ? [] : [{ text, told, own }];
      });
    };

    it("are folded alike by the database and by the program, character by character", async ({
      skip,
    }) => {
      if (typeof database === "string") return skip(database);
      const around = CHARACTERS.map((character) => `${character}I${character}n${character}`);
      expect(await disagreements(database, around)).toEqual([]);
    });

    it("are folded alike in any text", async ({ skip }) => {
      if (typeof database === "string") return skip(database);
      const known = database;
      await fc.assert(
        fc.asyncProperty(fc.array(TEXTS, { minLength: 200, maxLength: 200 }), async (texts) => {
          expect(await disagreements(known, texts)).toEqual([]);
        }),
        { numRuns: 10 },
      );
    });

    it("are found by the beginnings of their words, whether or not an index keeps these", async ({
      skip,
    }) => {
      if (typeof database === "string") return skip(database);
      const { sql } = database;
      // Both ways of looking differ by what a text is written in, and words are cut where an index would.
      const plain = fc.string({ maxLength: 30, unit: fc.constantFrom(...Array.from(PLAIN)) });
      const long = fc.nat(130).map((length) => `x${"y".repeat(length)}`);
      const texts = fc.oneof(
        plain,
        plain,
        TEXTS,
        fc.tuple(plain, long).map(([a, b]) => a + b),
      );
      const both = await sql<{ text: string; asked: string; kept: boolean; found: boolean }[]>`
        SELECT text, asked, coalesce(outreach.word_beginnings(text) @@ outreach.beginning_with(asked), false) AS kept,
               coalesce(outreach.begins_words(text, asked), false) AS found
        FROM unnest(${fc.sample(texts, 300)}::text[]) AS text
        CROSS JOIN unnest(${fc.sample(texts, 100).map((text) => text.slice(0, 110))}::text[]) AS asked
        UNION ALL
        -- Its own words, cut short: as a random text begins with nothing that another has.
        SELECT text, left(text, 1 + length(text) / 2),
               coalesce(outreach.word_beginnings(text) @@ outreach.beginning_with(left(text, 1 + length(text) / 2)), false),
               coalesce(outreach.begins_words(text, left(text, 1 + length(text) / 2)), false)
        FROM unnest(${fc.sample(texts, 1000)}::text[]) AS text`;
      expect(both.filter(({ kept, found }) => kept !== found)).toEqual([]);
      expect(both.filter(({ found }) => found).length).toBeGreaterThan(500);
    });

    it("are found in another case", async ({ skip }) => {
      if (typeof database === "string") return skip(database);
      const [row] = await database.sql`
        SELECT outreach.mailbox('INFO@EXAMPLE.ORG') = 'info@example.org' AS address,
               outreach.fold('ИВАН ÍNDIGO IŞIK ΟΔΟΣ') = outreach.fold('Иван Índigo Işık οδος') AS name,
               outreach.slug('CFP INFO É') AS slug, outreach.source(' CFP-INFO-É ') AS source`;
      expect(row).toEqual({ address: true, name: true, slug: "cfp-info-e", source: "cfp-info-é" });
    });
  },
);

test("an address ends where something shows", () => {
  // Tags and selectors outside the first plane are part of no address either, but stay at its end.
  const nothing = CHARACTERS.filter(
    (character) =>
      character <= "\uffff" &&
      character.length === 1 &&
      /[\p{White_Space}\p{Cc}\p{Default_Ignorable_Code_Point}]/u.test(character),
  );
  expect(nothing.length).toBeGreaterThan(100);
  for (const character of nothing) {
    expect(trimmed(`${character}a@example.org${character}`)).toBe("a@example.org");
    expect(isAddress(`a${character}b@example.org`)).toBe(false);
  }
});

test("what an import takes for one name, the database does", () => {
  for (const character of CHARACTERS) {
    for (const other of [
      character.toLowerCase(),
      character.toUpperCase(),
      character.normalize("NFC"),
      character.normalize("NFD"),
      ` ${character}\u00a0`,
    ]) {
      if (other !== character && fold(`a${character}`) === fold(`a${other}`)) {
        expect(folded(`a${character}`)).toBe(folded(`a${other}`));
      }
    }
  }
});
