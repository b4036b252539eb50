import * as z from "zod";
import { openingTool } from "../conventions/call.ts";
import { asked, reference, text } from "../mcp/fields.ts";
import { plain } from "../mcp/render.ts";
import { RECORDS } from "../mcp/tool.ts";
import { namesAmong } from "../record/people/queries/names.ts";
import { placeFor, writeNewFile } from "../taking_away/new_file.ts";
import { gather } from "./facts/gather.ts";
import { withoutPeople, wordsOf } from "./facts/nameless.ts";
import type { ReportFacts } from "./facts/record.ts";
import { subjectOf } from "./facts/subject.ts";
import { reportOf, type People } from "./report.ts";

/** @param exportFolder says where files go for which no other place is given */
export const exportReportTool = (exportFolder: () => string) =>
  openingTool({
    name: "export_report",
    title: "A report as a file",
    description:
      'Writes one HTML page to show or print: an event ("last") or a campaign in figures and drawings, what was done, mails, registrations, attendance, sessions, open notes, beside the event before. Tell the person where the file is.',
    // A new file each time, and nothing in the record.
    effects: { ...RECORDS, idempotent: false },
    input: z.strictObject({
      event: reference().optional(),
      campaign: reference().optional(),
      people: z.boolean().meta({ description: "name people; default false" }).optional(),
      file_path: text(4000, "default: the downloads folder").optional(),
    }),
    output: z.object({
      file: z.object({ path: z.string(), format: z.string(), bytes: z.number() }),
      sections: z.array(z.string()),
      ...asked,
    }),
    async handle(args, transactions) {
      const { people = false } = args;
      const { report, answer } = await transactions.read(async (call) => {
        const {
          event,
          campaign,
          answer: taken,
        } = await subjectOf(call, {
          event: args.event,
          campaign: args.campaign,
          people: args.people,
        });
        const found = await gather(call, event, campaign);
        const names = await namesAmong(call.sql, wordsOf(found));
        return { report: reportWith(people, found, withoutPeople(found, names)), answer: taken };
      });
      const file = await writeNewFile(
        await placeFor(
          { name: `${report.title} report`, given: args.file_path, format: "html" },
          exportFolder,
        ),
        inOnePiece(report.text),
      );
      return {
        headline: `The report of ${plain(report.title)} is at ${plain(file.path)}${SAID[report.people]}.`,
        facts: { file, sections: report.sections, ...answer },
      };
    },
  });

const SAID: Record<People, string> = {
  named: "; it names people",
  "left out": ", without names of people",
  nobody: "; no name of a person is in it",
};

/** @param nameless the same facts without people */
function reportWith(people: boolean, facts: ReportFacts, nameless: ReportFacts) {
  const without = reportOf(nameless, people ? "nobody" : "left out");
  // What is not shown is not named.
  const isNamed = people && reportOf(facts, "nobody").text !== without.text;
  return isNamed
    ? { ...reportOf(facts, "named"), people: "named" as const }
    : { ...without, people: people ? ("nobody" as const) : ("left out" as const) };
}

// eslint-disable-next-line @typescript-eslint/require-await -- there is nothing to wait for
async function* inOnePiece(text: string): AsyncGenerator<string> {
  yield text;
}
