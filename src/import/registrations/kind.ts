import { SHOPS, SHOP_TYPES, type ShopType } from "../formats/index.ts";
import { fold } from "../people/person.ts";
import {
  allTopics,
  insertInterests,
  insertTopics,
  interestsOf,
} from "../people/queries/interests.ts";
import type { TopicReference } from "../people/interests.ts";
import { importKind, type Place } from "../procedure/kind.ts";
import { inPortions } from "../procedure/portions.ts";
import { contactFacts, recordFacts, roleFacts } from "../procedure/shapes.ts";
import { shopOf } from "../tickets/changes.ts";
import {
  SHOP_FIELDS,
  SHOP_NEEDS,
  lookUpTickets,
  recordAttendees,
  recordHolders,
  recordTickets,
} from "../tickets/recording.ts";
import { planRegistrations } from "./plan.ts";
import { together } from "../../conventions/together.ts";

/** Each shop's registrations: people, their tickets and their interests. */
export const registrations = Object.fromEntries(
  SHOP_TYPES.map((type) => [type, registrationsOf(type)]),
) as Record<ShopType, ReturnType<typeof registrationsOf>>;

function registrationsOf(type: ShopType) {
  const shop = shopOf(SHOPS[type]);
  return importKind({
    type,
    records: ["tickets", "contacts", "roles", "interests", "topics"],
    needs: [
      ...SHOP_NEEDS,
      { table: "interest_topics", columns: { id: "number", name: "text" }, isExtended: true },
      {
        table: "contact_interests",
        columns: { contact_id: "number", topic_id: "number" },
        isExtended: true,
      },
    ],
    fields: { ...SHOP_FIELDS, interests: "interest_topics.name" },
    async look(place, rows) {
      const { sql } = place;
      const seats = rows.filter((row) => !row.merchandise);
      const [known, topics] = await together(lookUpTickets(place, seats), allTopics(sql));
      const contacts = known.contacts.map(({ id }) => id);
      const links = contacts.length === 0 ? [] : await interestsOf(sql, contacts);
      return { ...known, topics, links };
    },
    plan: (rows, known, { strategy }, ledger) =>
      planRegistrations(rows, known, shop, strategy, ledger),
    async write(place, changes, steps) {
      const { sql, signal } = place;
      const [idOf, topicOf] = await together(
        recordHolders(place, changes),
        recordTopics(place, changes.topics),
      );
      await steps.done("contacts written");
      await together(
        together(
          recordTickets(place, changes, idOf),
          recordAttendees(place, changes.attendees, idOf),
        ).then(() => steps.done("tickets written")),
        inPortions(changes.links, signal, (portion) =>
          insertInterests(
            sql,
            portion.map(({ contact, topic }) => ({
              contact_id: idOf(contact),
              topic_id: topicOf(topic),
            })),
          ),
        ),
      );
      await steps.done("interests written");
    },
    facts: ({ by_marketing_source }, ledger) => ({
      contacts: contactFacts(ledger),
      tickets: recordFacts(ledger, "tickets"),
      roles: roleFacts(ledger),
      interests: {
        topics_created: ledger.counts("topics").create,
        links_created: ledger.counts("interests").create,
      },
      by_marketing_source,
    }),
  });
}

/** Records topics; gives the id of a known one as it is, and of a new one by its folded name. */
async function recordTopics({ sql }: Place, names: readonly string[]) {
  const created = names.length === 0 ? [] : await insertTopics(sql, names);
  const ids = new Map(created.map(({ id, name }) => [fold(name), id]));
  return (topic: TopicReference): number =>
    typeof topic === "number" ? topic : (ids.get(topic) ?? 0);
}
