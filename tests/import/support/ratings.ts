import { csv } from "../../../workbench/exports.ts";
import { FIRST, LAST } from "../../../workbench/tickets.ts";

/** What generated sessions and the answers on them are made of. */
export interface RatingsTruth {
  /** Rows of the sessions' file: one for each speaker of each session. */
  sessionRows: number;
  sessions: number;
  speakers: number;
  /** Answers, and those of a session with two speakers. */
  answers: number;
  answersForTwo: number;
  /** One for each speaker of the session that an answer is about. */
  ratings: number;
}

const SESSION_COLUMNS = [
  "Session Id",
  "Title",
  "Description",
  "Session format",
  "Track",
  "Level",
  "Owner Informed",
  "Owner Confirmed",
  "Room",
  "Scheduled At",
  "Scheduled Duration",
  "Recording Link",
  "Speaker Id",
  "FirstName",
  "LastName",
  "Email",
  "TagLine",
  "Bio",
  "Speaker Shirt Size",
  "Profile Picture",
];
const ANSWER_COLUMNS = [
  "ID",
  "Start time",
  "Completion time",
  "Email",
  "Name",
  "Last modified time",
  "Which session did you attend?",
  "How informative was the session?",
  "How was the speaker's delivery?",
  "What is one thing the speaker could have done better?",
  "Was the event a good investment of your time?",
  "What is one thing you would change about the event?",
  "Your name, for the prize draw",
];
const TITLES = [
  "Streams that never sleep",
  "Two heads, one model",
  "Queues without tears",
  "Lakes and houses",
  "Models on a diet",
  "The price of a query",
  "Graphs for gardeners",
  "Testing what cannot be tested",
];

/**
 * Makes eight sessions, the second of them with two speakers, and so many answers of which so many are
 * about that one. Labels have a number and, but for every fifth, a no-break space; every seventh of the
 * answers on one speaker's sessions lacks ` - ` and the speaker.
 */
export function generateRatings(
  answers = 199,
  answersForTwo = 24,
): { sessions: string; ratings: string; truth: RatingsTruth } {
  const sessionRows = TITLES.flatMap((title, index) => {
    const first = sessionRow(index, index, title);
    return index === 1 ? [first, sessionRow(index, TITLES.length, "")] : [first];
  });
  const others = TITLES.map((_, index) => index).filter((index) => index !== 1);
  const rows = Array.from({ length: answers }, (_, answer) => {
    const session = answer < answersForTwo ? 1 : others[answer % others.length]!;
    const names = session === 1 ? [speaker(1), speaker(TITLES.length)] : [speaker(session)];
    const space = answer % 5 === 0 ? " " : "\u00a0";
    const tail =
      session !== 1 && answer % 7 === 0
        ? ""
        : ` -${space}${names.map(([first, last]) => `${first} ${last}`).join(", ")}`;
    const label = `${String(session + 1).padStart(2, "0")}.${space}${TITLES[session]!}${tail}`;
    const time = `11/14/2026 ${String(9 + (answer % 3))}:${String(answer % 60).padStart(2, "0")}:00 AM`;
    return [
      String(answer + 1),
      time,
      time,
      "anonymous",
      "",
      "",
      label,
      String((answer % 7) + 1),
      String(((answer + 3) % 7) + 1),
      "",
      "Yes",
      "",
      "",
    ];
  });
  return {
    sessions: csv([SESSION_COLUMNS, ...sessionRows]),
    ratings: csv([ANSWER_COLUMNS, ...rows]),
    truth: {
      sessionRows: sessionRows.length,
      sessions: TITLES.length,
      speakers: TITLES.length + 1,
      answers,
      answersForTwo,
      ratings: answers + answersForTwo,
    },
  };
}

function speaker(index: number): [first: string, last: string] {
  return [FIRST[index % FIRST.length]!, LAST[index % LAST.length]!];
}

function sessionRow(session: number, person: number, title: string): string[] {
  const [first, last] = speaker(person);
  const facts =
    title === ""
      ? ["", "", "", "", ""]
      : [title, `About ${title.toLowerCase()}.`, "Talk", "Data", "Beginner"];
  return [
    String(700_001 + session),
    ...facts,
    "No",
    "No",
    "Hall A",
    "2026-11-14 09:00",
    "45",
    "",
    `speaker-${String(person)}`,
    first,
    last,
    `speaker${String(person)}@example.org`,
    "Speaker",
    "",
    "M",
    "",
  ];
}
