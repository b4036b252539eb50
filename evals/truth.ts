import { type Calendar } from "../demo/calendar.ts";
import { talks } from "../demo/talks.ts";
import { type Ticket, tickets } from "../demo/tickets.ts";

/** What is so in the demo's world, counted from what the demo was made of and not by our tools. */
export interface Truth {
  /** Who holds a ticket that counts; of the two Jane Smiths, the one who spoke is {@link JANE_THE_SPEAKER}. */
  registered: (event: Ticket["event"]) => string[];
  /** Who came, walk-ins of last year included. */
  came: (event: "before" | "last") => string[];
  /** Who registered and did not come. */
  noShows: (event: "before" | "last") => string[];
  /** Registrations for the next event by what the ticket shop says brought them. */
  broughtBy: (source: string | null) => number;
  /** Titles of last year's talks in a track. */
  talksIn: (track: string) => string[];
  /** Titles of all of last year's talks. */
  titles: string[];
}

export const JANE_THE_SPEAKER = "Jane Smith, speaker";

/** Who came last year without a ticket; one of them filled in the form twice. */
export const WALK_INS = [
  "Naledi Khoza",
  "Wandile Mnguni",
  "Carmen September",
  "Dumisani Shabangu",
  "Leigh Abrahams",
];

/** Of last year's speakers, whom no mail reaches: nobody of them registered for the next event. */
export const UNREACHABLE = {
  bounced: ["Michael O'Connor", "Siyabonga Zulu"],
  unsubscribed: ["Anathi Ngcobo"],
  noEmail: ["Bongani Khumalo"],
};

/** Who opened the call for speakers, of sixteen who were sent it, and of those who also clicked. */
export const CALL_FOR_SPEAKERS = {
  sent: 16,
  opened: 10,
  clicked: ["Thabo Nkosi", "Nomsa Nkosi", JANE_THE_SPEAKER, "Priya Naidoo", "Kagiso Molefe"],
};

/** What is so when the story is told on the days of a calendar. */
export function truthOf(days: Calendar): Truth {
  const sold = tickets(days).filter(({ status }) => status === "registered");
  const of = (event: Ticket["event"]) => sold.filter((ticket) => ticket.event === event);
  const last = talks("last");
  return {
    registered: (event) => of(event).map(holder),
    came: (event) => [
      ...of(event)
        .filter(({ checked_in }) => checked_in)
        .map(holder),
      ...(event === "last" ? WALK_INS : []),
    ],
    noShows: (event) =>
      of(event)
        .filter(({ checked_in }) => !checked_in)
        .map(holder),
    broughtBy: (source) =>
      of("next").filter(({ marketing_source }) => marketing_source === source).length,
    talksIn: (track) => last.filter((talk) => talk.track === track).map(({ title }) => title),
    titles: last.map(({ title }) => title),
  };
}

function holder({ name, type }: Ticket): string {
  return name === "Jane Smith" && type === "Speaker" ? JANE_THE_SPEAKER : name;
}
