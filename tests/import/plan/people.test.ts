import { describe, expect, it } from "vitest";
import { gatherPeople } from "../../../src/import/people/contacts.ts";
import { personKey } from "../../../src/import/people/person.ts";

const thabo = { first_name: "Thabo", last_name: "van Wyk", email: "t@example.org" };

describe("a person", () => {
  it.each([
    ["other case", { ...thabo, first_name: "THABO", email: "T@Example.org" }],
    [
      "space around and within",
      { ...thabo, first_name: " Thabo ", last_name: "van\u00a0 Wyk", email: "t@example.org " },
    ],
  ])("is the same with %s", (_what, other) => {
    expect(personKey(other)).toBe(personKey(thabo));
  });

  it.each([
    ["another name on the mailbox", { ...thabo, first_name: "Nomsa" }],
    ["another mailbox", { ...thabo, email: "other@example.org" }],
    ["no mailbox", { ...thabo, email: null }],
    [
      "names that share their letters only when joined",
      { ...thabo, first_name: "Thabo van", last_name: "Wyk" },
    ],
    ["an accent", { ...thabo, first_name: "Thabó" }],
  ])("is another with %s", (_what, other) => {
    expect(personKey(other)).not.toBe(personKey(thabo));
  });

  it("is the same with accents composed and not, and with either apostrophe", () => {
    const zoe = { ...thabo, first_name: "Zoe\u0308", last_name: "O’Brien" };
    expect(personKey(zoe)).toBe(
      personKey({ ...thabo, first_name: "Zo\u00eb", last_name: "O'Brien" }),
    );
  });
});

describe("the rows of one person", () => {
  const early = {
    ...thabo,
    row: 2,
    at: "2026-01-01T10:00:00",
    phone: "+27820000001",
    profession: "Engineer",
  };
  const late = {
    ...thabo,
    first_name: "THABO",
    row: 3,
    at: "2026-02-01T10:00:00",
    phone: "+27820000002",
    profession: null,
  };
  const careless = { ...late, first_name: "thabo", row: 4, phone: null };

  it("are put together from the latest that says something, in the name's careful spelling, in any order", () => {
    const together = {
      ...thabo,
      key: personKey(thabo),
      row: 2,
      phone: "+27820000002",
      profession: "Engineer",
    };
    for (const rows of [
      [early, late, careless],
      [careless, late, early],
      [late, careless, early],
    ]) {
      const gathering = gatherPeople(rows, ({ at }) => at);
      let step = gathering.next();
      while (!step.done) step = gathering.next();
      expect([...step.value.values()]).toEqual([together]);
    }
  });
});
