import { mean, number, words } from "../facts.ts";
import type { Story } from "../story.ts";
import type { Task } from "../task.ts";

/** What was spoken about, and what people thought of it. */
export function sessions({ truth }: Story): Task[] {
  return [
    {
      name: "what somebody spoke about",
      kind: "question",
      turns: [
        {
          says: "What did Sipho Dlamini speak about last year, and in which room?",
          holds: [words("Queues without tears"), words("Room 3")],
          calls: [
            { tool: "list_sessions", arguments: { event: "last", speaker: "Sipho Dlamini" } },
          ],
        },
      ],
    },
    {
      name: "talks of a track",
      kind: "list",
      turns: [
        {
          says: "Which talks did we have in the Analytics track last year? Titles only.",
          holds: truth.talksIn("Analytics").map(words),
          lacks: truth.talksIn("Engineering").map(words),
          calls: [{ tool: "list_sessions", arguments: { event: "last", track: "Analytics" } }],
        },
      ],
    },
    {
      name: "ratings of a talk",
      kind: "question",
      turns: [
        {
          says: 'How was "Maps - more than pins" rated, by topic and by delivery, and by how many people?',
          // Topics 7, 6 and 5, deliveries 5, 4 and 7.
          holds: [number(6), mean(16 / 3), number(3)],
          calls: [{ tool: "list_sessions", arguments: { event: "last", text: "Maps" } }],
        },
      ],
    },
  ];
}
