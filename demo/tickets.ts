import type { Calendar } from "./calendar.ts";
import { ATTENDEES, SPEAKERS_BEFORE, SPEAKERS_LAST_YEAR, SPONSORS } from "./people.ts";

/** A ticket that the shop sold, with its people and its event by what they are called. */
export interface Ticket {
  /** Full name; of two people of one name, the one who is not a speaker. */
  name: string;
  event: "before" | "last" | "next";
  status: "registered" | "cancelled";
  type: "General" | "Speaker" | "Sponsor";
  /** Local time. */
  registered: string;
  checked_in: boolean;
  marketing_source: string | null;
}

/** What the ticket shop says brought people, where it says anything. */
const CHANNELS = ["Email", "LinkedIn", "Web", null, "LinkedIn", "Priority"];

/** Registrations of three years; those of the next event are told one by one, as the story counts them. */
export function tickets(calendar: Calendar): Ticket[] {
  return [...pastYear(calendar, "before"), ...pastYear(calendar, "last"), ...nextEvent(calendar)];
}

function pastYear(calendar: Calendar, event: "before" | "last"): Ticket[] {
  const speakers = event === "before" ? SPEAKERS_BEFORE : SPEAKERS_LAST_YEAR;
  const attendees = event === "before" ? ATTENDEES.slice(8, 26) : ATTENDEES.slice(3);
  const sponsors = event === "before" ? [] : SPONSORS;
  return [
    ...speakers.map((name) => ({ name, type: "Speaker" as const })),
    ...sponsors.map((name) => ({ name, type: "Sponsor" as const })),
    ...attendees.map((name) => ({ name, type: "General" as const })),
  ].map(({ name: [first, last], type }, index) => ({
    name: `${first} ${last}`,
    event,
    status: "registered",
    type,
    registered: calendar.ahead(event, 40 - (index % 35), "10:15"),
    // Some who register do not come.
    checked_in: type !== "General" || index % 6 !== 0,
    marketing_source: type === "General" ? (CHANNELS[index % CHANNELS.length] ?? null) : null,
  }));
}

/**
 * So far: five name the CFP campaign as their source, by its slug or its name, one of whom never received its
 * mail; a sixth cancelled. Of those who received it, six registered after it and one before.
 */
function nextEvent(calendar: Calendar): Ticket[] {
  const slug = `cfp-${String(calendar.years.next)}`;
  const name = `CFP ${String(calendar.years.next)}`;
  const told: [name: string, daysAgo: number, source: string | null][] = [
    ["Lerato Mokoena", 25, "Web"],
    ["Thabo Nkosi", 11, slug],
    ["Nomsa Nkosi", 11, slug],
    ["Priya Naidoo", 9, slug],
    ["Tebogo Modise", 8, slug],
    ["Kagiso Molefe", 6, name],
    ["Ayanda Mthembu", 4, "Email"],
    ["Vukosi Chauke", 3, null],
    ["Jane Smith", 19, "LinkedIn"],
    ["Nokuthula Buthelezi", 24, "LinkedIn"],
    ["Themba Sithole", 23, "Email"],
    ["Zanele Mkhize", 22, "Email"],
    ["Gerhard Coetzee", 20, "Web"],
    ["Anisha Reddy", 17, null],
    ["Tsakani Baloyi", 10, "LinkedIn"],
    ["Palesa Tau", 7, "LinkedIn"],
    ["Yusuf Ismail", 5, "Priority"],
    ["Marlene du Plessis", 2, null],
  ];
  const general = told.map(([person, days, source]) => ({
    name: person,
    event: "next" as const,
    status: "registered" as const,
    type: "General" as const,
    registered: calendar.ago(days, "14:20"),
    checked_in: false,
    marketing_source: source,
  }));
  return [
    ...general,
    {
      name: "Siyabonga Zulu",
      event: "next",
      status: "cancelled",
      type: "General",
      registered: calendar.ago(10, "16:05"),
      checked_in: false,
      marketing_source: slug,
    },
  ];
}
