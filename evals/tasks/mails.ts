import { day, number, words } from "../facts.ts";
import type { Story } from "../story.ts";
import type { Task } from "../task.ts";
import { CALL_FOR_SPEAKERS } from "../truth.ts";

/** What was sent and shared, and what came of it. */
export function mails({ days, invitation }: Story): Task[] {
  return [
    {
      name: "opened and clicked",
      kind: "question",
      turns: [
        {
          says: `How many people were sent "${invitation}", how many opened it, and how many clicked?`,
          holds: [
            number(CALL_FOR_SPEAKERS.sent),
            number(CALL_FOR_SPEAKERS.opened),
            number(CALL_FOR_SPEAKERS.clicked.length),
          ],
          calls: [{ tool: "query_recipients", arguments: { communication: invitation } }],
        },
      ],
    },
    {
      name: "where a flyer was shared",
      kind: "question",
      turns: [
        {
          says: "Where did we share the CFP flyer, and how many people may have seen it on LinkedIn?",
          holds: [words("LinkedIn"), words("WhatsApp"), number(1200)],
          // That share was undone.
          lacks: [words("University")],
          calls: [{ tool: "list_assets", arguments: { text: "CFP flyer" } }],
        },
      ],
    },
    {
      name: "posts on LinkedIn",
      kind: "list",
      turns: [
        {
          says: "What have we posted on LinkedIn for this year's event, and when?",
          holds: [
            words("Save the date"),
            day(days.ago(28, "08:00")),
            words("The call for speakers is open"),
            day(days.ago(7, "12:30")),
          ],
          calls: [
            {
              tool: "query_outreach_timeline",
              arguments: { event: "this year", channels: ["linkedin_post"] },
            },
          ],
        },
      ],
    },
    {
      name: "what a template asks for",
      kind: "question",
      turns: [
        {
          says: 'If I send the template "Speaker logistics", what do I have to tell you that the record does not know?',
          holds: [words("equipment")],
          lacks: [words("bannerImageUrl")],
          calls: [{ tool: "list_templates", arguments: { text: "Speaker logistics" } }],
        },
      ],
    },
  ];
}
