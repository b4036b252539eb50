import { csv, QUICKET_COLUMNS, ticket } from "./exports.ts";

/** What a generated export of tickets holds, known because it was made so. */
export interface TicketsTruth {
  /** Rows below the header. */
  rows: number;
  /** Different people, some of whom share a mailbox. */
  people: number;
  sharedMailboxes: number;
  /** Different tickets. */
  tickets: number;
  /** Rows that are another row again. */
  repeatedRows: number;
  merchandise: number;
  cancelled: number;
  transferred: number;
  complimentary: number;
  checkedIn: number;
  /** Different topics, and different pairs of a person and a topic. */
  topics: number;
  interests: number;
  /** Tickets by `Link Campaign`; those without one are under `""`. */
  bySource: Record<string, number>;
}

/** First and last names of made-up people; each list is gone through in turn. */
export const FIRST = [
  "Thabo",
  "Nomsa",
  "Zoë",
  "Pieter",
  "Priya",
  "Ayanda",
  "Kagiso",
  "Lerato",
  "Renée",
  "Michael",
];
export const LAST = [
  "Nkosi",
  "van der Merwe",
  "Naidoo",
  "Mthembu",
  "O'Connor",
  "Botha",
  "Müller",
  "Dlamini",
];
const TOPICS = [
  "AI & ML",
  "Cloud (AWS, Azure)",
  "Streaming & Stream Processing",
  "Data Mesh",
  "Ops",
  "Analytics",
];
const SOURCES = ["cfp-2026", "Email", "LinkedIn", "Web", ""];

interface Person {
  first: string;
  last: string;
  email: string;
  /** Drawn once; a ticket names some of them. */
  topics: number[];
}

/** Numbers from 0 to below 1, the same ones for the same seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * Makes Quicket's export of so many rows (at least 20): two in a hundred are merchandise and one in a
 * hundred another row again; the tickets are of three quarters as many people, every tenth of whom
 * shares a mailbox with the next. Names and e-mails of a person's further tickets differ in case and
 * space.
 */
export function generateTickets(rows: number, seed = 1): { csv: string; truth: TicketsTruth } {
  const random = seeded(seed);
  const merchandise = Math.round(rows * 0.02);
  const repeatedRows = Math.round(rows * 0.01);
  const tickets = rows - merchandise - repeatedRows;
  const { people, sharedMailboxes } = makePeople(Math.ceil(tickets * 0.75), random);
  const truth: TicketsTruth = {
    rows,
    people: people.length,
    sharedMailboxes,
    tickets,
    repeatedRows,
    merchandise,
    cancelled: 0,
    transferred: 0,
    complimentary: 0,
    checkedIn: 0,
    topics: 0,
    interests: 0,
    bySource: {},
  };
  const pairs = new Set<number>();
  const made = Array.from({ length: tickets }, (_, index) => {
    const owner = index < people.length ? index : Math.floor(random() * people.length);
    return makeTicket(
      index,
      { person: people[owner]!, owner, again: index >= people.length },
      random,
      {
        truth,
        pairs,
      },
    );
  });
  truth.interests = pairs.size;
  truth.topics = new Set([...pairs].map((pair) => pair % TOPICS.length)).size;
  const sold = Array.from({ length: merchandise }, (_, index) =>
    ticket({
      "Ticket Number": String(5_000_000 + index),
      "Is Merchandise": "Yes",
      Email: "-",
      "First name": "-",
      Surname: "-",
    }),
  );
  const repeated = Array.from(
    { length: repeatedRows },
    () => made[Math.floor(random() * tickets)]!,
  );
  return {
    csv: csv([QUICKET_COLUMNS, ...shuffled([...made, ...sold, ...repeated], random)]),
    truth,
  };
}

function makePeople(
  count: number,
  random: () => number,
): { people: Person[]; sharedMailboxes: number } {
  let sharedMailboxes = 0;
  const people = Array.from({ length: count }, (_, index): Person => {
    // The one after every tenth lives with them; their first names differ.
    const shares = index % 10 === 1;
    if (shares) sharedMailboxes++;
    const mailbox = shares ? index - 1 : index;
    return {
      first: FIRST[index % FIRST.length]!,
      last: LAST[Math.floor(index / FIRST.length) % LAST.length]!,
      email: `person${String(mailbox)}@example.org`,
      topics: TOPICS.map((_, topic) => topic).filter(() => random() < 0.3),
    };
  });
  return { people, sharedMailboxes };
}

function makeTicket(
  index: number,
  { person, owner, again }: { person: Person; owner: number; again: boolean },
  random: () => number,
  { truth, pairs }: { truth: TicketsTruth; pairs: Set<number> },
): string[] {
  const complimentary = random() < 0.05;
  const cancelled = random() < 0.03;
  const transferred = !cancelled && random() < 0.02;
  const checkedIn = !cancelled && !transferred && random() < 0.6;
  const source = SOURCES[Math.floor(random() * SOURCES.length)]!;
  if (complimentary) truth.complimentary++;
  if (cancelled) truth.cancelled++;
  if (transferred) truth.transferred++;
  if (checkedIn) truth.checkedIn++;
  truth.bySource[source] = (truth.bySource[source] ?? 0) + 1;
  const topics = complimentary ? [] : person.topics;
  for (const topic of topics) pairs.add(owner * TOPICS.length + topic);
  return ticket({
    "Order Number": String(900_000 + Math.floor(index / 2)),
    "Ticket Number": String(1_000_000 + index),
    "Purchase Date": `2026-0${String((index % 9) + 1)}-${String((index % 28) + 1).padStart(2, "0")} 08:15:30.1234567`,
    "Purchaser Email": person.email,
    "Checked In": checkedIn ? "Yes" : "No",
    "Checked In Date": checkedIn ? "2026-11-14 08:30:00.0000000" : "-",
    Complimentary: complimentary ? "Complimentary" : "-",
    Valid: cancelled ? "No" : "Yes",
    "Transferred to Order Number": transferred ? "999999" : "-",
    "Link Campaign": source === "" ? "-" : source,
    Cellphone: complimentary ? "-" : `+2782${String(owner).padStart(7, "0")}`,
    Email: again ? `${person.email.toUpperCase()} ` : person.email,
    "First name": again ? ` ${person.first.toLowerCase()}` : person.first,
    Surname: again ? `${person.last.toUpperCase()}\u00a0` : person.last,
    "Profession:": complimentary ? "-" : "Data Engineer",
    "Area of Interest":
      topics.map((topic) => TOPICS[topic]!.replace("&", "&amp;")).join(", ") || "-",
  });
}

function shuffled<Item>(items: readonly Item[], random: () => number): Item[] {
  const list = [...items];
  for (let last = list.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [list[last], list[other]] = [list[other]!, list[last]!];
  }
  return list;
}
