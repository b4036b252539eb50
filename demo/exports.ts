import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Calendar } from "./calendar.ts";
import { everybody, type Person } from "./people.ts";
import { talks, type Talk } from "./talks.ts";
import { tickets, type Ticket } from "./tickets.ts";
import { workbook, type Cell } from "./workbook.ts";

/** An export that the organiser downloaded, and the tool that imports it. */
export interface ExportFile {
  name: string;
  tool:
    | "import_quicket_registrations"
    | "import_quicket_checkins"
    | "import_walkup_registrations"
    | "import_sessionize_data"
    | "import_speaker_ratings";
  event: Ticket["event"];
}

/** In the order in which they are imported. */
export const EXPORTS: readonly ExportFile[] = [
  { name: "before-sessions.csv", tool: "import_sessionize_data", event: "before" },
  { name: "before-registrations.csv", tool: "import_quicket_registrations", event: "before" },
  { name: "before-checkins.csv", tool: "import_quicket_checkins", event: "before" },
  { name: "last-sessions.xlsx", tool: "import_sessionize_data", event: "last" },
  { name: "last-registrations.csv", tool: "import_quicket_registrations", event: "last" },
  { name: "last-checkins.csv", tool: "import_quicket_checkins", event: "last" },
  { name: "last-walkins.xlsx", tool: "import_walkup_registrations", event: "last" },
  { name: "last-ratings.xlsx", tool: "import_speaker_ratings", event: "last" },
  { name: "next-registrations.csv", tool: "import_quicket_registrations", event: "next" },
];

/** Writes the organiser's exports, with the oddities that real ones have, into a folder. */
export async function writeExports(folder: string, calendar: Calendar): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, content] of contents(calendar)) await writeFile(join(folder, name), content);
}

/** The exports by name. */
export function contents(calendar: Calendar): Map<string, Uint8Array> {
  const sold = numbered(calendar);
  const of = (event: Ticket["event"]) => sold.filter((ticket) => ticket.event === event);
  return new Map([
    ["before-sessions.csv", utf8(csv(sessions("before", calendar).map(plainCells)))],
    ["before-registrations.csv", utf8(csv(registrations(of("before"), "Ticket Number")))],
    ["before-checkins.csv", utf8(csv(checkins(of("before"), calendar)))],
    ["last-sessions.xlsx", workbook(sessions("last", calendar))],
    // Saved by an older Excel: Windows-1252, semicolons, and the second column of a name renamed.
    ["last-registrations.csv", windows(csv(registrations(of("last"), "Ticket Number1"), ";"))],
    ["last-checkins.csv", windows(csv(checkins(of("last"), calendar), ";"))],
    ["last-walkins.xlsx", workbook(walkIns(calendar))],
    ["last-ratings.xlsx", workbook(ratings(calendar))],
    ["next-registrations.csv", utf8(`\ufeff${csv(registrations(of("next"), "Ticket Number"))}`)],
  ]);
}

interface Sold extends Ticket {
  number: number;
  order: number;
  person: Person;
}

/** With the numbers and people of the tickets; a couple's two are one order. */
function numbered(calendar: Calendar): Sold[] {
  const people = everybody();
  let order = 90_000;
  let mailbox = "";
  return tickets(calendar).map((ticket, index) => {
    const namesakes = people.filter((person) => nameOf(person) === ticket.name);
    const person = (ticket.type === "Speaker" ? namesakes.at(0) : namesakes.at(-1))!;
    if (person.email === null || person.email !== mailbox) order += 1;
    mailbox = person.email ?? "";
    return { ...ticket, number: 710_001 + index, order, person };
  });
}

function nameOf({ first_name, last_name }: Person): string {
  return `${first_name} ${last_name}`;
}

const QUICKET =
  "Order Number,Payment Reference,Ticket Number,Ticket Barcode,Purchase Date,Purchaser Email,Ticket Type,Seat Number,TeamName,TeamMemberType,Sequential Number,Price paid,Payment Method,Discount Code,Discount Amount,Checked In,Checked In Date,Checked In By,Check In Note,Complimentary,Is Merchandise,EventDate,Schedule Name,Vended,Vendor name,Operator name,Link Campaign,Valid,Transferred to Order Number,Frozen,second,Cellphone,Email,First name,Surname,Profession:,Area of Interest".split(
    ",",
  );

const PROFESSIONS = ["Data Engineer", "Analyst", "Student", "R&amp;D Manager", "-"];
const INTERESTS = [
  "Streaming &amp; Stream Processing, Machine Learning",
  "Machine Learning",
  "Analytics, Cloud (AWS, Azure)",
  "-",
];

/** One row of Quicket's 37 columns; `-` stands for nothing. */
function quicketRow(cells: Record<string, string>): string[] {
  return QUICKET.map((column) => cells[column] ?? "-");
}

function quicketHeader(second: string): string[] {
  return QUICKET.map((column) => (column === "second" ? second : column));
}

function registrations(sold: Sold[], second: string): string[][] {
  const shirt = {
    ...facts(sold[0]!, 0),
    "Ticket Number": "799999",
    "Ticket Type": "T-shirt",
    "Is Merchandise": "Yes",
  };
  return [
    quicketHeader(second),
    ...sold.map((ticket, index) => quicketRow(facts(ticket, index))),
    quicketRow(shirt),
  ];
}

/** When who came in, one after another from eight o'clock; a ticket that nobody used says No. */
function checkins(sold: Sold[], calendar: Calendar): string[][] {
  return [
    quicketHeader("Ticket Number1"),
    ...sold.map((ticket, index) => {
      const minutes = `08:${String(index % 60).padStart(2, "0")}:00.0000000`;
      const day = calendar.days[ticket.event];
      return quicketRow({
        ...facts(ticket, index),
        ...(ticket.checked_in && {
          "Checked In": "Yes",
          "Checked In Date": `${day} ${minutes}`,
          "Checked In By": "Door",
        }),
      });
    }),
  ];
}

function facts(ticket: Sold, index: number): Record<string, string> {
  const { person, number, order } = ticket;
  const isFree = ticket.type !== "General";
  // E-mails as people type them.
  const typed = [person.email, person.email?.toUpperCase(), `${person.email ?? ""} `][index % 3];
  const email = person.email === null ? "-" : (typed ?? "-");
  const paid = isFree
    ? { Complimentary: "Complimentary", "Price paid": "0.00" }
    : {
        "Price paid": "250.00",
        "Payment Method": "Credit Card",
        Cellphone: `+2782${String(5_550_000 + (number % 10_000))}`,
        "Profession:": PROFESSIONS[index % PROFESSIONS.length]!,
        "Area of Interest": INTERESTS[index % INTERESTS.length]!,
      };
  return {
    "Order Number": String(order),
    "Ticket Number": String(number),
    second: String(index + 1),
    "Ticket Barcode": `B${String(number)}`,
    "Purchase Date": `${ticket.registered.replace("T", " ")}:00.0000000`,
    "Purchaser Email": person.email ?? "team@example.org",
    "Ticket Type": ticket.type,
    "Checked In": "No",
    "Is Merchandise": "No",
    Vended: "No",
    "Link Campaign": ticket.marketing_source ?? "-",
    Valid: ticket.status === "cancelled" ? "No" : "Yes",
    Frozen: "No",
    Email: email,
    "First name": person.first_name,
    Surname: person.last_name.replace("'", "&#39;"),
    ...paid,
  };
}

const SESSIONIZE = [
  "Session Id",
  "Title",
  "Description",
  "Owner",
  "Owner Email",
  "Session format",
  "Track",
  "Level",
  "Owner Informed",
  "Owner Confirmed",
  "Room",
  "Scheduled At",
  "Scheduled Duration",
  "Live Link",
  "Recording Link",
  "Speaker Id",
  "FirstName",
  "LastName",
  "Email",
  "TagLine",
  "Bio",
  "Speaker Shirt Size",
  "I understand that I speak for the love of it",
  "I understand that my session is recorded",
  "Profile Picture",
];

/** A row for each speaker; the second of a session has neither title nor anything up to the level. */
function sessions(event: "before" | "last", calendar: Calendar): Cell[][] {
  const people = everybody();
  const rows = talks(event).flatMap((talk, index) =>
    talk.speakers.map(([first, last], place): Cell[] => {
      const person = people.find((person) => nameOf(person) === `${first} ${last}`)!;
      const id = people.indexOf(person);
      return [
        (event === "before" ? 500_001 : 600_001) + index,
        ...(place === 0 ? about(talk, person) : Array.from({ length: 7 }, () => null)),
        { time: `${calendar.ahead(event, 60, "09:00")}:00` },
        index % 4 === 0 ? "No" : { time: `${calendar.ahead(event, 58, "10:30")}:00` },
        index % 5 === 4 ? null : `Room ${String((index % 3) + 1)}`,
        index % 5 === 4
          ? null
          : {
              time: `${calendar.ahead(event, 0, `${String(9 + (index % 7)).padStart(2, "0")}:15`)}:00`,
            },
        45,
        null,
        null,
        `speaker-${String(id).padStart(3, "0")}`,
        first,
        last,
        person.email,
        "Speaks about data",
        `${first} works with data.`,
        ["S", "M", "L"][id % 3]!,
        "Checked",
        "Checked",
        null,
      ];
    }),
  );
  return [SESSIONIZE, ...rows];
}

function about(talk: Talk, owner: Person): Cell[] {
  return [
    talk.title,
    `About ${talk.title.toLowerCase()}.`,
    nameOf(owner),
    owner.email,
    "Talk",
    talk.track,
    "Intermediate",
  ];
}

const FORM = ["ID", "Start time", "Completion time", "Email", "Name", "Last modified time"];

/** First and last name, e-mail and telephone as they were typed at the door. */
const WALK_INS: readonly [string, string, string, string | number | null][] = [
  ["Naledi", "Khoza", "naledi.khoza@example.org", "0825550101"],
  ["Wandile", "Mnguni ", "Wandile.Mnguni@example.org ", "082 555 0102"],
  ["Carmen", "September", "carmen.september@example.org", null],
  // A digit short.
  ["Dumisani", "Shabangu", "dumisani.shabangu@example.org", "082555010"],
  // Taken for a number, which lost its zero.
  ["Leigh", "Abrahams", "leigh.abrahams@example.org", 825550105],
  // Sent the form twice.
  ["naledi", "KHOZA", "naledi.khoza@example.org", "0825550101"],
];

function walkIns(calendar: Calendar): Cell[][] {
  return [
    [...FORM, "First Name", "Last Name", "Email Address", "Cell Phone Number (Optional)\u00a0"],
    ...WALK_INS.map(([first, last, email, phone], index): Cell[] => {
      const time = (seconds: string) => ({
        time: `${calendar.ahead("last", 0, `09:${String(10 + index)}`)}:${seconds}`,
      });
      return [
        index + 1,
        time("05"),
        time("48"),
        "anonymous",
        null,
        null,
        first,
        last,
        email,
        phone,
      ];
    }),
  ];
}

/** Three answers about each session, of whose labels a few lack the speaker. */
function ratings(calendar: Calendar): Cell[][] {
  const answers = talks("last").flatMap((talk, number) =>
    [0, 1, 2].map((answer): Cell[] => {
      const names = talk.speakers.map(([first, last]) => `${first} ${last}`).join(", ");
      const tail = answer === 2 && number % 6 === 1 ? "" : ` -\u00a0${names}`;
      const time = {
        time: `${calendar.ahead("last", 0, `1${String(answer + 1)}:${String(10 + number)}`)}:00`,
      };
      return [
        time,
        time,
        "anonymous",
        null,
        null,
        `${String(number + 1).padStart(2, "0")}.\u00a0${talk.title}${tail}`,
        7 - ((number + answer) % 3),
        7 - ((number * 2 + answer) % 4),
        answer === 1 ? "Leave more time for questions" : null,
        answer === 0 ? "Yes" : "Mostly",
        answer === 2 ? "More tea" : null,
        null,
      ];
    }),
  );
  return [
    [
      ...FORM,
      "Which session did you attend?",
      "How informative was the session?",
      "How was the speaker's delivery?",
      "What is one thing the speaker could have done better?",
      "Was the event a good investment of your time?",
      "What is one thing you would change about the event?",
      "Your name for the prize draw (optional)",
    ],
    ...answers.map((cells, index) => [index + 1, ...cells]),
  ];
}

/** As a spreadsheet writes a sheet to CSV. */
function plainCells(cells: Cell[]): string[] {
  return cells.map((cell) =>
    cell === null ? "" : typeof cell === "object" ? cell.time.replace("T", " ") : String(cell),
  );
}

function csv(rows: string[][], delimiter = ","): string {
  const quoted = (cell: string) =>
    cell.includes(delimiter) || /["\r\n]/u.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
  return rows.map((cells) => `${cells.map(quoted).join(delimiter)}\r\n`).join("");
}

function utf8(text: string): Uint8Array {
  return Buffer.from(text);
}

/** Windows-1252 is Latin-1 for all that these names hold. */
function windows(text: string): Uint8Array {
  return Buffer.from(text, "latin1");
}
