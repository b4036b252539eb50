import { number, words } from "../facts.ts";
import type { Story } from "../story.ts";
import type { Task } from "../task.ts";
import { JANE_THE_SPEAKER, UNREACHABLE, WALK_INS } from "../truth.ts";

/** Who registers, what brought them, and who comes. */
export function attendance({ days, truth, cfp, invitation }: Story): Task[] {
  const [cameBefore, cameLast] = [truth.came("before"), truth.came("last")];
  const both = cameLast.filter((person) => cameBefore.includes(person));
  const comesAgain = truth.registered("next");
  const absent = cameLast.filter((person) => !comesAgain.includes(person));
  const unreachable = Object.values(UNREACHABLE).flat();
  return [
    {
      name: "registrations so far",
      kind: "question",
      turns: [
        {
          says: "How many people have registered for this year's event so far?",
          holds: [number(truth.registered("next").length)],
          calls: [{ tool: "query_registrations", arguments: { event: "this year" } }],
        },
      ],
    },
    {
      name: "who cancelled",
      kind: "question",
      turns: [
        {
          says: "Has anybody cancelled their ticket for this year's event? Who?",
          holds: [words("Siyabonga Zulu")],
          calls: [
            {
              tool: "ask_database",
              arguments: {
                sql: `SELECT person FROM ask.cancelled_registrations JOIN ask.events USING (event_id) WHERE year = ${String(days.years.next)} AND cancelled_registrations.status = 'cancelled'`,
              },
            },
          ],
        },
      ],
    },
    {
      name: "registered and came",
      kind: "question",
      turns: [
        {
          says: "Of those who had registered for last year's event, how many came? And how many walked in without a ticket?",
          holds: [number(cameLast.length - WALK_INS.length), number(WALK_INS.length)],
          calls: [{ tool: "query_attendance", arguments: { event: "last" } }],
        },
      ],
    },
    {
      name: "for the first time",
      kind: "question",
      turns: [
        {
          says: "How many of last year's visitors were with us for the first time?",
          holds: [number(cameLast.length - both.length)],
          calls: [{ tool: "query_attendance", arguments: { event: "last" } }],
        },
      ],
    },
    {
      name: "no-shows by name",
      kind: "list",
      turns: [
        {
          says: "Who had registered for last year's event and did not come? Names only.",
          holds: truth.noShows("last").map(words),
          lacks: [words(cameLast[5]!), words(WALK_INS[0]!)],
          calls: [
            {
              tool: "find_audience",
              arguments: {
                event: "last",
                registered: true,
                attended: false,
                include_undeliverable: true,
              },
            },
          ],
        },
      ],
    },
    {
      name: "to be mailed and not registered",
      kind: "question",
      turns: [
        {
          says: "How many of those who came last year and have not registered for this year could we mail?",
          holds: [number(absent.filter((person) => !unreachable.includes(person)).length)],
          calls: [
            {
              tool: "find_audience",
              arguments: { event: "last", attended: true, not_registered_for: "this year" },
            },
          ],
        },
      ],
    },
    {
      name: "registrations of a campaign",
      kind: "question",
      turns: [
        {
          says: "How many registrations name the call for speakers as what brought them?",
          holds: [number(truth.broughtBy(slug(cfp)) + truth.broughtBy(cfp))],
          calls: [{ tool: "query_registrations", arguments: { campaign: cfp } }],
        },
      ],
    },
    {
      name: "clicked and not registered",
      kind: "list",
      turns: [
        {
          says: "Who clicked in the first call-for-speakers mail and has not registered for this year's event? Names only.",
          holds: [words(JANE_THE_SPEAKER.split(",")[0]!)],
          lacks: ["Priya Naidoo", "Kagiso Molefe"].map(words),
          calls: [
            {
              tool: "find_audience",
              arguments: {
                received_communication: invitation,
                received_status: ["clicked"],
                not_registered_for: "this year",
              },
            },
          ],
        },
      ],
    },
  ];
}

function slug(name: string): string {
  return name.toLowerCase().replaceAll(" ", "-");
}
