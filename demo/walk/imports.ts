import { join } from "node:path";
import type { Assistant } from "../assistant.ts";
import type { Calendar } from "../calendar.ts";
import { EXPORTS } from "../exports.ts";
import { eventName } from "../organiser.ts";

/** How a person asks for an import; those of the year before last are not printed. */
const REQUESTS = new Map([
  ["last-sessions.xlsx", "Import last year's sessions from Sessionize."],
  ["last-registrations.csv", "Import them."],
  ["last-checkins.csv", "Import who came in, as the scanners at the door saw it."],
  ["last-walkins.xlsx", "And who came without a ticket."],
  ["last-ratings.xlsx", "And what they thought of the speakers."],
  ["next-registrations.csv", "Import this year's registrations so far."],
]);

/** The one that is looked at before it is imported, and imported twice. */
const CAREFULLY = "last-registrations.csv";

/** Imports everything that the organiser downloaded into a folder. */
export async function importExports(
  { asked, call }: Assistant,
  folder: string,
  { years }: Calendar,
): Promise<void> {
  for (const { name, tool, event } of EXPORTS) {
    const file = { file_path: join(folder, name), event: eventName(years[event]) };
    if (name === CAREFULLY) {
      await asked(
        "What would importing last year's registrations from Quicket do?",
        "preview_import",
        { ...file, import_type: "quicket_registrations" },
      );
    }
    const request = REQUESTS.get(name);
    if (request === undefined) await call(tool, file);
    else await asked(request, tool, file);
    if (name === CAREFULLY) await asked("(The same file again, by mistake.)", tool, file);
  }
}
