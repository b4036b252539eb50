import { describe, expect, it } from "vitest";
import { chooseAmong, type Kind } from "../../src/conventions/references/choose.ts";

const PEOPLE: [string, string][] = [
  ["Jane Smith", "jane.smith@example.org"],
  ["John Botha", "john@example.org"],
  ["Thabo Nkosi", "nkosi@example.org"],
  ["Zoë van der Merwe", "zoe@example.org"],
  ["Christopher Adams", "cadams@mail.example.com"],
  ["", "info@example.com"],
];
const EVENTS: [string, string][] = [
  ["Data & AI Day 2025", "2025-11-15"],
  ["Data & AI Day 2026", "2026-11-14"],
  ["Winter Meetup", "2026-07-04"],
];

function refusal(kind: Kind, given: string, rows: readonly [string, string][]): string {
  const all = rows.map(([name, detail], index) => ({ id: index + 1, name, detail, rank: 0 }));
  try {
    chooseAmong(kind, given, all, []);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("something was chosen");
}

describe("a person who is not there", () => {
  const kind = { argument: "contact", lister: "find_contacts", isPerson: true };
  const hint = (given: string) =>
    refusal(kind, given, PEOPLE).replace(
      /^There is no contact ".*?"\. |; find_contacts lists all\./gu,
      "",
    );

  it.each([
    ["Jan Smit", "Jane Smith"],
    ["Smyth", "Jane Smith"],
    ["Thabo Zulu", "Thabo Nkosi"],
    ["Zoe Merve", "Zoë van der Merwe"],
    ["JohnBotha", "John Botha"],
    ["Chris Adam", "Christopher Adams"],
    ["jane.smit@example.org", "Jane Smith"],
    ["jane.smith@elsewhere.example", "Jane Smith"],
    ["zoe@", "Zoë van der Merwe"],
  ])("is perhaps one whose name is near: %s", (given, name) => {
    expect(hint(given)).toMatch(new RegExp(`^The nearest: \\d ${name} \\([^)]*\\)$`, "u"));
  });

  it.each([
    "Bonginkosi Dube",
    "Peter",
    "Tom",
    "Borg",
    "Jane Okafor",
    "nobody@example.org",
    "2026",
    "?",
  ])("is nobody where no name is near: %s", (given) => {
    expect(hint(given)).toMatch(/^(?:Nobody here has a name like it|find_contacts lists all\.)$/u);
  });
});

describe("an event that is not there", () => {
  const kind = { argument: "event", lister: "list_events" };

  it("is perhaps one whose name is near, of the same year first", () => {
    expect(refusal(kind, "Dat and AI Dai 2026", EVENTS)).toBe(
      'There is no event "Dat and AI Dai 2026". The nearest: 2 Data & AI Day 2026 (2026-11-14), 1 Data & AI Day 2025 (2025-11-15); list_events lists all.',
    );
  });

  it("comes with all there are where they are few and none is near", () => {
    expect(refusal(kind, "Gala 2026", EVENTS)).toBe(
      'There is no event "Gala 2026". There are: 1 Data & AI Day 2025 (2025-11-15), 2 Data & AI Day 2026 (2026-11-14), 3 Winter Meetup (2026-07-04); list_events lists all.',
    );
    expect(refusal(kind, "Gala", EVENTS.slice(2))).toContain("There is: 1 Winter Meetup");
    expect(refusal(kind, "Gala", [])).toBe('There is no event "Gala". list_events lists all.');
  });

  it("comes with none of many that are not near", () => {
    const many = Array.from({ length: 11 }, (_, index): [string, string] => [
      `Meetup ${String(index)}`,
      "2026-07-04",
    ]);
    expect(refusal(kind, "Gala", many)).toBe(
      'There is no event "Gala". None has a name like it; list_events lists all.',
    );
  });
});
