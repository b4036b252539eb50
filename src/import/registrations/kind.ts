import { SHOPS, SHOP_TYPES, type ShopType } from "../formats/index.ts";
import { fold } from "../people/person.ts";
import { insertAttendees } from "../people/queries/contacts.ts";
import {
  allTopics,
  insertInterests,
  insertTopics,
  interestsOf,
} from "../people/queries/interests.ts";
import {
  CONTACT_COLUMNS,
  peopleMeant,
  recordContacts,
  updateContacts,
} from "../people/recording.ts";
import { importKind, type Place } from "../procedure/kind.ts";
import { contactFacts, recordFacts } from "../procedure/shapes.ts";
import { shopOf } from "../tickets/changes.ts";
import { SHOP_FIELDS, TICKETS_NEEDS, knownTickets, recordTickets } from "../tickets/recording.ts";
import { planRegistrations } from "./plan.ts";

/** Each shop's registrations: people, their tickets and their interests. */
export const registrations = Object.fromEntries(
  SHOP_TYPES.map((type) => [type, registrationsOf(type)]),
) as Record<ShopType, ReturnType<typeof registrationsOf>>;

function registrationsOf(type: ShopType) {
  const shop = shopOf(SHOPS[type]);
  return importKind({
    type,
    records: ["tickets", "contacts", "interests", "topics"],
    needs: [
      {
        table: "contacts",
        columns: { ...CONTACT_COLUMNS, phone: "text", profession: "text" },
        isExtended: true,
      },
      TICKETS_NEEDS,
      { table: "interest_topics", columns: { id: "number", name: "text" }, isExtended: true },
      {
        table: "contact_interests",
        columns: { contact_id: "number", topic_id: "number" },
        isExtended: true,
      },
    ],
    fields: {
      ...SHOP_FIELDS,
      interests: "interest_topics.name",
    },
    async look({ sql, event }: Place, rows) {
      const seats = rows.filter((row) => !row.merchandise);
      const contacts = await peopleMeant(
        sql,
        seats,
        seats.map((row) => row.purchaser_email),
      );
      return {
        contacts,
        tickets: await knownTickets(sql, event, seats),
        topics: await allTopics(sql),
        links: await interestsOf(
          sql,
          contacts.map(({ id }) => id),
        ),
      };
    },
    plan: (rows, known, { strategy }, ledger) =>
      planRegistrations(rows, known, shop, strategy, ledger),
    async write(place, changes, steps) {
      const { sql } = place;
      const idOf = await recordContacts(changes.contacts.create, (people) =>
        insertAttendees(sql, people),
      );
      await updateContacts(place, changes.contacts);
      await steps.done("contacts written");
      await recordTickets(place, changes, idOf);
      await steps.done("tickets written");
      const created =
        changes.topics.length === 0
          ? []
          : await insertTopics(
              sql,
              changes.topics.map(({ name }) => name),
            );
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
      interests: {
        topics_created: ledger.counts("topics").create,
        links_created: ledger.counts("interests").create,
      },
      by_marketing_source,
    }),
  });
}
