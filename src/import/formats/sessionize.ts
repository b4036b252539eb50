import { groupedBy } from "../../words/groups.ts";
import type { Cells } from "./reading/cells.ts";
import type { Format } from "./format.ts";
import { NAMES, personColumns, personEmail, personNames } from "./reading/people.ts";
import type { Report } from "./reading/report.ts";
import type { SessionizeRow } from "./rows.ts";

/** Sessionize's sessions with their speakers. */
export const sessionize: Format<SessionizeRow> = {
  title: "Sessionize sessions",
  columns: [
    { key: "session_id", name: "Session Id", loss: "sessions are known by their titles" },
    { key: "title", name: "Title", required: true, aliases: ["Session Title"] },
    { key: "description", name: "Description", loss: "no descriptions are read" },
    { key: "owner", name: "Owner" },
    { key: "owner_email", name: "Owner Email" },
    { key: "session_format", name: "Session format", loss: "no session formats are read" },
    { key: "track", name: "Track", loss: "no tracks are read" },
    { key: "level", name: "Level", loss: "no levels are read" },
    { key: "owner_informed", name: "Owner Informed" },
    { key: "owner_confirmed", name: "Owner Confirmed" },
    { key: "room", name: "Room", loss: "no rooms are read" },
    {
      key: "scheduled_at",
      name: "Scheduled At",
      loss: "it is not known when a session takes place",
    },
    {
      key: "duration",
      name: "Scheduled Duration",
      loss: "it is not known how long a session takes",
    },
    { key: "live_link", name: "Live Link" },
    { key: "recording_link", name: "Recording Link", loss: "no recordings are read" },
    { key: "speaker_id", name: "Speaker Id", loss: "speakers are known by e-mail and name" },
    ...personColumns({ first: "FirstName", last: "LastName", email: "Email", whole: "Speaker" }),
    { key: "tagline", name: "TagLine", loss: "no tag lines are read" },
    { key: "bio", name: "Bio", loss: "no biographies are read" },
    { key: "shirt_size", name: "Speaker Shirt Size", loss: "no shirt sizes are read" },
    { key: "consent", name: "I understand that…", asks: [isConsent] },
    { key: "other_consent", name: "I understand that… (second)", asks: [isConsent] },
    { key: "profile_picture", name: "Profile Picture", loss: "no pictures are read" },
  ],
  oneOf: NAMES,
  begin: (times) => {
    let previous: SessionName | undefined;
    return (cells) => {
      const session = sessionName(cells, previous);
      previous = session;
      const person = session === undefined ? undefined : personNames(cells);
      if (session === undefined || !person) return undefined;
      const row: SessionizeRow = {
        row: cells.row,
        ...session,
        description: cells.text("description", 50_000),
        session_format: cells.line("session_format", 200),
        track: cells.line("track", 200),
        level: cells.line("level", 200),
        room: cells.line("room", 200),
        scheduled_at: null,
        duration_minutes: minutes(cells),
        recording_link: cells.line("recording_link", 2000),
        speaker_id: cells.line("speaker_id", 100),
        ...person,
        email: personEmail(cells),
        tagline: cells.line("tagline", 2000),
        bio: cells.text("bio", 50_000),
        shirt_size: cells.line("shirt_size", 50),
        profile_picture: cells.line("profile_picture", 2000),
      };
      times.read(cells, {
        key: "scheduled_at",
        text: cells.line("scheduled_at", 100),
        severity: "warning",
        assign: (at) => (row.scheduled_at = at),
      });
      return row;
    };
  },
  complete: completeSessions,
};

function isConsent(question: string): boolean {
  return question.startsWith("i understand that");
}

/** What tells a session from others. */
type SessionName = Pick<SessionizeRow, "session_id" | "title">;

/** A row without an id, where there is such a column, and without a title continues the session above. */
function sessionName(cells: Cells, previous: SessionName | undefined): SessionName | undefined {
  const title = cells.line("title", 1000) ?? "";
  const session_id = cells.line("session_id", 100)?.replace(/^(\d+)\.0+$/u, "$1") ?? null;
  const hasIds = cells.has("session_id");
  if (hasIds ? session_id !== null : title !== "") return { session_id, title };
  const key = hasIds ? "session_id" : "title";
  if (previous === undefined || title !== "") {
    cells.error(key, "is empty");
    return undefined;
  }
  const what = hasIds ? "is empty, as is the title" : "is empty";
  cells.warn(key, `${what}: the row is taken to be another speaker of the session above`);
  return hasIds ? { ...previous, title } : previous;
}

/** What rows of one session have in common. */
export function sessionKey({ session_id, title }: SessionName): string {
  return session_id ?? `title ${title.toLowerCase()}`;
}

/** `45`, `45 min`, `0:45`, or Excel's time of day, which is the first day of all its days. */
function minutes(cells: Cells): number | null {
  const text = cells.line("duration", 100);
  if (text === null) return null;
  const clock = /^(?:(?:1899|1900|1904)-\d\d-\d\dT)?(\d{1,2}):(\d{2})(?::\d{2}(?:\.\d+)?)?$/u.exec(
    text,
  );
  const count = clock
    ? Number(clock[1]) * 60 + Number(clock[2])
    : Number(/^(\d{1,5})(?:\.0+)?(?:\s*min(?:ute)?s?\.?)?$/iu.exec(text)?.[1] ?? "0");
  if (count > 0 && count <= 7 * 24 * 60) return count;
  cells.warn("duration", "is not a number of minutes, and is left out");
  return null;
}

const SESSION_FACTS = [
  "title",
  "description",
  "session_format",
  "track",
  "level",
  "room",
  "scheduled_at",
  "duration_minutes",
  "recording_link",
] as const;

/**
 * Gives all rows of a session what one of them says. Where they contradict each other the longest text
 * counts, whatever the order of the rows, and of the longest the first in the alphabet.
 */
function completeSessions(rows: SessionizeRow[], report: Report): void {
  for (const session of groupedBy(rows, sessionKey).values()) {
    const titles = new Set(session.map(({ title }) => title).filter((title) => title !== ""));
    const [first] = session;
    if (titles.size === 0) report.error(first.row, "Title", "is empty in all rows of the session");
    for (const fact of SESSION_FACTS) {
      const values = session
        .map((row) => row[fact])
        .filter((value) => value !== null && value !== "");
      const [best] = values.sort((one, other) => compare(String(one), String(other)));
      if (best === undefined) continue;
      for (const row of session) Object.assign(row, { [fact]: best });
    }
    for (const row of session.slice(1)) {
      if (titles.size > 1)
        report.warn(row.row, "Title", `differs within the session of row ${String(first.row)}`);
    }
  }
}

function compare(one: string, other: string): number {
  return other.length - one.length || (one < other ? -1 : 1);
}
