import { describe, expect, test } from "vitest";
import { readExport } from "../../../src/import/formats/export.ts";
import type { TicketRow } from "../../../src/import/formats/rows.ts";
import { generateRatings } from "../support/ratings.ts";
import { generateTickets } from "../../../workbench/tickets.ts";
import { tempFiles } from "../support/temp_files.ts";

const files = tempFiles();

describe("a generated export of tickets says what it was made to say", () => {
  test.each([
    [20, 1],
    [1000, 2],
    [5000, 3],
  ])("%d rows", async (count, seed) => {
    const { csv, truth } = generateTickets(count, seed);
    const read = await readExport(await files.write("tickets.csv", csv), "quicket_registrations");
    expect(read.errors).toEqual([]);
    expect(read.info.rows).toBe(truth.rows);
    expect(read.duplicate_rows).toBe(truth.repeatedRows);
    const tickets = new Map(
      read.rows
        .filter((row): row is TicketRow => !row.merchandise)
        .map((row) => [row.ticket_number, row]),
    );
    const all = [...tickets.values()];
    const people = new Set(all.map(person));
    const sources: Record<string, number> = {};
    for (const { marketing_source } of all) {
      sources[marketing_source ?? ""] = (sources[marketing_source ?? ""] ?? 0) + 1;
    }
    const links = all.flatMap((row) => row.interests.map((topic) => `${person(row)} ${topic}`));
    expect({
      merchandise: read.rows.filter(({ merchandise }) => merchandise).length,
      tickets: tickets.size,
      people: people.size,
      sharedMailboxes: people.size - new Set(all.map(({ email }) => email)).size,
      cancelled: all.filter(({ status }) => status === "cancelled").length,
      transferred: all.filter(({ status }) => status === "transferred").length,
      complimentary: all.filter(({ complimentary }) => complimentary).length,
      checkedIn: all.filter(({ checked_in }) => checked_in).length,
      topics: new Set(all.flatMap(({ interests }) => interests)).size,
      interests: new Set(links).size,
      bySource: sources,
    }).toEqual({ ...truth, rows: undefined, repeatedRows: undefined });
  });
});

function person({ email, first_name, last_name }: TicketRow): string {
  return [email, first_name, last_name].join("|").toLowerCase();
}

test("the same seed makes the same file, another one another", () => {
  expect(generateTickets(100, 7)).toEqual(generateTickets(100, 7));
  expect(generateTickets(100, 7).csv).not.toBe(generateTickets(100, 8).csv);
});

test("199 answers, 24 of them on a session with two speakers, are about 223 speakers", async () => {
  const { sessions, ratings, truth } = generateRatings();
  const talks = await readExport(await files.write("sessions.csv", sessions), "sessionize");
  const answers = await readExport(await files.write("ratings.csv", ratings), "ratings");
  expect([...talks.errors, ...answers.errors]).toEqual([]);
  const speakers = (label: string) =>
    talks.rows.filter(({ title }) => label.slice(4).startsWith(title)).length;
  const about = answers.rows.map(({ label }) => speakers(label));
  expect(about.length).toBe(199);
  expect(about.filter((count) => count === 2)).toHaveLength(24);
  expect(about.reduce((sum, count) => sum + count, 0)).toBe(223);
  expect(truth).toEqual({
    sessionRows: 9,
    sessions: 8,
    speakers: 9,
    answers: 199,
    answersForTwo: 24,
    ratings: 223,
  });
});
