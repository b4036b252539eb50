import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { plain, render } from "../../src/mcp/render.ts";
import { cleaned } from "../../src/sending/mail_service/wording.ts";

/** Every character, halves of surrogate pairs too. */
const CHARACTERS = Array.from({ length: 0x11_0000 }, (_, code) => String.fromCodePoint(code));

/** Said by number as well, where a list of properties could miss what was found to pass. */
const HIDING = [
  ...["\u180b", "\u180e", "\u3164", "\u115f", "\u1160", "\uffa0", "\ufe00", "\ufe0f", "\u200b"],
  ...["\u{e0100}", "\u{e01ef}", "\u{e0001}", "\u{e0041}", "\u{1bca0}", "\u{1bca3}", "\u{1d173}"],
  ...["\u{1d17a}", "\u00ad", "\u034f", "\u061c", "\u202e", "\u2028", "\ue000", "\ud800", "\u009b"],
];

const UNSEEN = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;
const UNASSIGNED = /\p{Cn}/u;

describe("a stranger's words in a text", () => {
  it("show every character that is not seen as an escape, and every other as it is", () => {
    for (const character of CHARACTERS) {
      const isUnseen =
        UNSEEN.test(character) &&
        (!UNASSIGNED.test(character) || /\p{Default_Ignorable_Code_Point}/u.test(character));
      const text = plain(`a${character}.`);
      if (isUnseen === text.includes(character)) {
        expect.fail(`U+${character.codePointAt(0)!.toString(16)} gives ${JSON.stringify(text)}`);
      }
    }
    for (const character of HIDING) {
      expect(plain(`${character}${character}`)).toMatch(/^[ -~]+$/u);
      expect(plain(`😀${character}${character}`).length).toBeGreaterThan(8);
      expect(cleaned(`a${character}b`, 10)).toBe("a b");
    }
  });

  it("keep what names and emoji are spelled with", () => {
    for (const name of ["علی‌رضا", "ශ්‍රී ලංකා", "क्‍ष", "👩🏽‍💻", "❤️‍🔥", "🏳️‍🌈"]) {
      expect(plain(name)).toBe(name);
    }
    expect(plain("a\u200db")).toBe("a\\u{200d}b");
    expect(plain("علی‌‌رضا")).not.toBe("علی‌‌رضا");
  });

  it("never add a cell to a table or a line to a text", () => {
    const pieces = fc.oneof(
      fc.constantFrom("\\", "|", "\\|", "\\\\|", "\n", "\r", "\u2028", "\u0085", " ", "`", "a"),
      fc.string({ unit: "binary" }),
    );
    const texts = fc.array(pieces, { maxLength: 8 }).map((parts) => parts.join(""));
    fc.assert(
      fc.property(texts, texts, (first, second) => {
        const lines = render("Found 1.", { people: [{ id: 1, first, second }] }).split(
          /[\n\r\u0085\u2028\u2029]/u,
        );
        expect(lines).toHaveLength(4);
        const row = lines[3]!;
        // As readers do that know only \|, and as those do that take \\ for a backslash as well.
        expect(row.match(/(?<!\\)\|/gu)).toHaveLength(4);
        expect(row.replace(/\\./gu, "").match(/\|/gu)).toHaveLength(4);
      }),
      { numRuns: 2000 },
    );
  });
});
