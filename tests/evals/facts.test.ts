import { describe, expect, it } from "vitest";
import {
  ASKS_BACK,
  day,
  type Fact,
  mean,
  NOT_DONE,
  NOT_KNOWN,
  number,
  plain,
  words,
} from "../../evals/facts.ts";

const CASES: { fact: Fact; said: string[]; notSaid: string[] }[] = [
  {
    fact: number(1200),
    said: ["1200 people", "1,200.", "1.200", "1 200", "1\u202f200", "**1'200**"],
    notSaid: ["12000", "1200 %", "11,200", "1,200,000", "120"],
  },
  {
    fact: number(14),
    said: ["14 people", "It is 14.", "(14)", "14, of whom", "Fourteen came", "10/14 opened"],
    notSaid: [
      "140",
      "2026-11-14",
      "14:20",
      "at 9:14",
      "14.5",
      "14 %",
      "14 per cent",
      "14th",
      "the 14th",
    ],
  },
  { fact: number(45), said: ["forty-five", "forty five", "45"], notSaid: ["forty", "five", "4 5"] },
  { fact: number(0), said: ["0", "none", "nobody", "zero"], notSaid: ["10", "0.5"] },
  {
    fact: mean(16 / 3),
    said: ["5.33", "5,33", "5.3 of 7"],
    notSaid: ["5", "5.34", "15.33", "5.333"],
  },
  {
    fact: words("Michael O'Connor"),
    said: ["Michael O’Connor", "michael  o'connor,", "_Michael O'Connor_"],
    notSaid: ["Michael O'Connors", "O'Connor, Michael"],
  },
  { fact: words("Zoë Botha"), said: ["Zoe Botha", "Zoë Botha"], notSaid: ["Zoe", "Azoe Botha"] },
  {
    fact: day("2026-12-02"),
    said: ["2026-12-02", "2 December", "the 2nd of December 2026", "Dec 2, 2026", "02 Dec."],
    notSaid: ["2026-12-20", "12 December", "December 20", "22 December", "2 November"],
  },
  {
    fact: NOT_KNOWN,
    said: [
      "That is not known.",
      "The record doesn't say.",
      "No opens were tracked for this mail.",
      "I can’t tell: nothing was recorded.",
      "There is no contact of that name on record.",
      "It has not been recorded yet.",
    ],
    notSaid: ["Nobody opened it.", "13 people opened it.", "0 %"],
  },
  {
    fact: NOT_DONE,
    said: ["It was not sent.", "I can't do that.", "Refused: ask_database only reads."],
    notSaid: ["Sent to 46 people.", "Done, 5 rows deleted."],
  },
  {
    fact: ASKS_BACK,
    said: ["Which one do you mean?", "Two fit. Please tell me which."],
    notSaid: ["Done: Jane Smith gets no more mails."],
  },
];

describe("what an answer says", () => {
  it.each(CASES)("$fact.named", ({ fact, said, notSaid }) => {
    expect(said.filter((answer) => !fact.isSaidIn(plain(answer)))).toEqual([]);
    expect(notSaid.filter((answer) => fact.isSaidIn(plain(answer)))).toEqual([]);
  });
});
