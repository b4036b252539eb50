import { NOT_KNOWN, pattern } from "../facts.ts";
import type { Story } from "../story.ts";
import type { Task } from "../task.ts";

/** What the record does not hold, and an honest answer therefore calls unknown. */
export function notKnown({ thanks }: Story): Task[] {
  return [
    {
      name: "opens that nobody tracked",
      kind: "unknown",
      turns: [
        {
          says: `How many speakers opened the thank-you mail of the campaign ${thanks}?`,
          holds: [NOT_KNOWN],
          lacks: [
            pattern(
              "that nobody opened it",
              /\b(?:nobody|none|no one)(?: of them| of the speakers| has)* opened|\b0 ?%/u,
            ),
          ],
          calls: [{ tool: "query_recipients", arguments: { campaign: thanks } }],
          answer:
            "Brevo has reported nothing of that mail so far, so it is not known who opened it.",
        },
      ],
    },
    {
      name: "reach that nobody guessed",
      kind: "unknown",
      turns: [
        {
          says: "How many people saw the flyer in the speakers' WhatsApp group?",
          holds: [NOT_KNOWN],
          calls: [{ tool: "list_assets", arguments: { text: "CFP flyer" } }],
          answer: "No estimate was recorded for that group.",
        },
      ],
    },
    {
      name: "attendance of an event to come",
      kind: "unknown",
      turns: [
        {
          says: "What is the show rate of this year's event?",
          holds: [
            {
              ...NOT_KNOWN,
              isSaidIn: (answer) =>
                NOT_KNOWN.isSaidIn(answer) ||
                /(?:\bnot|n't) (?:yet )?(?:taken|happened|been)\b|still to come|in the future/u.test(
                  answer,
                ),
            },
          ],
          lacks: [pattern("a rate of nothing", /\b0 ?%/u)],
          calls: [{ tool: "query_attendance", arguments: { event: "this year" } }],
          answer: "It has not taken place yet, so nothing is known of who comes.",
        },
      ],
    },
    {
      name: "money",
      kind: "unknown",
      turns: [
        {
          says: "What did the catering cost us last year?",
          holds: [NOT_KNOWN],
          lacks: [pattern("a sum", /\br ?\d|\bzar\b|\brands?\b/u)],
          calls: [{ tool: "list_notes", arguments: { text: "catering" } }],
          answer: "The record holds no costs; nothing about catering was noted.",
        },
      ],
    },
    {
      name: "somebody who is not there",
      kind: "unknown",
      turns: [
        {
          says: "Has Oyama Fikeni had the call for speakers?",
          holds: [NOT_KNOWN],
          calls: [{ tool: "query_contact_history", arguments: { contact: "Oyama Fikeni" } }],
          answer: "I do not know anybody of that name; nobody like it is on record.",
        },
      ],
    },
  ];
}
