import { pattern, words } from "../facts.ts";
import type { Story } from "../story.ts";
import type { Task } from "../task.ts";
import { UNREACHABLE } from "../truth.ts";

/** Who people are and how they are reached. */
export function people({ invitation }: Story): Task[] {
  return [
    {
      name: "a shared mailbox",
      kind: "question",
      turns: [
        {
          says: "If I mail last year's speakers, does any mailbox get the mail twice? Whose?",
          holds: [words("Thabo Nkosi"), words("Nomsa Nkosi")],
          calls: [{ tool: "find_audience", arguments: { event: "last", role: "speaker" } }],
        },
      ],
    },
    {
      name: "speakers who cannot be mailed",
      kind: "list",
      turns: [
        {
          says: "Which of last year's speakers can we not mail, and why?",
          holds: [
            ...Object.values(UNREACHABLE).flat().map(words),
            pattern("that somebody wants no mails", /unsubscribed|no more|opted out|suppress/u),
            pattern("that mails bounced", /bounce/u),
            pattern(
              "that somebody has no address",
              /\b(?:no|without an?|missing)\b[a-z' -]{0,20} (?:e-?mail|address)/u,
            ),
          ],
          calls: [{ tool: "find_audience", arguments: { event: "last", role: "speaker" } }],
        },
      ],
    },
    {
      name: "two of one name",
      kind: "question",
      turns: [
        {
          says: "Has Jane Smith received any mail about this year's event? Which?",
          holds: [words("jane.smith@example.org"), words("jane@example.org"), words(invitation)],
          calls: [
            {
              tool: "query_contact_history",
              arguments: { contact: "Jane Smith", event: "this year" },
            },
          ],
        },
      ],
    },
  ];
}
