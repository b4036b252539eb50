import { SHOPS, SHOP_TYPES, type ShopType } from "../formats/index.ts";
import { fold } from "../people/person.ts";
import {
  allTopics,
  insertInterests,
  insertTopics,
  interestsOf,
} from "../people/queries/interests.ts";
import { importKind } from "../procedure/kind.ts";
import { contactFacts, recordFacts, roleFacts } from "../procedure/shapes.ts";
import { shopOf } from "../tickets/changes.ts";
import { SHOP_FIELDS, SHOP_NEEDS, lookUpTickets, recordShop } from "../tickets/recording.ts";
import { planRegistrations } from "./plan.ts";

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
      const known = await lookUpTickets(
        place,
        rows.filter((row) => !row.merchandise),
      );
      const contacts = known.contacts.map(({ id }) => id);
      return {
        ...known,
        topics: await allTopics(place.sql),
        links: await interestsOf(place.sql, contacts),
      };
    },
    plan: (rows, known, { strategy }, ledger) =>
      planRegistrations(rows, known, shop, strategy, ledger),
    async write(place, changes, steps) {
      const { sql } = place;
      const idOf = await recordShop(place, changes, steps);
      const created = changes.topics.length === 0 ? [] : await insertTopics(sql, changes.topics);
      const topics = new Map(created.map(({ id, name }) => [fold(name), id]));
      if (changes.links.length > 0) {
        await insertInterests(
          sql,
          changes.links.map(({ contact, topic }) => ({
            contact_id: idOf(contact),
            topic_id: typeof topic === "number" ? topic : (topics.get(topic) ?? 0),
          })),
        );
      }
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
