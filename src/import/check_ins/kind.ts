import { quicketCheckins } from "../formats/quicket.ts";
import { planCheckIns } from "./plan.ts";
import { insertAttendees } from "../people/queries/contacts.ts";
import {
  CONTACT_COLUMNS,
  peopleMeant,
  recordContacts,
  updateContacts,
} from "../people/recording.ts";
import { contactFacts } from "../procedure/shapes.ts";
import { importKind } from "../procedure/kind.ts";
import { shopOf } from "../tickets/changes.ts";
import { SHOP_FIELDS, TICKETS_NEEDS, knownTickets, recordTickets } from "../tickets/recording.ts";

const SHOP = shopOf(quicketCheckins);

/** Quicket's check-ins: who came. */
export const checkIns = importKind({
  type: "quicket_checkins",
  records: ["tickets", "contacts"],
  needs: [
    {
      table: "contacts",
      columns: { ...CONTACT_COLUMNS, phone: "text", profession: "text" },
      isExtended: true,
    },
    TICKETS_NEEDS,
  ],
  fields: SHOP_FIELDS,
  async look({ sql, event }, rows) {
    const came = rows.flatMap((row) => (row.merchandise || !row.checked_in ? [] : [row]));
    return {
      contacts: await peopleMeant(
        sql,
        came,
        came.map((row) => row.purchaser_email),
      ),
      tickets: await knownTickets(sql, event, came),
    };
  },
  plan: (rows, known, { strategy }, ledger) => planCheckIns(rows, known, SHOP, strategy, ledger),
  async write(place, changes, steps) {
    const idOf = await recordContacts(changes.contacts.create, (people) =>
      insertAttendees(place.sql, people),
    );
    await updateContacts(place, changes.contacts);
    await steps.done("contacts written");
    await recordTickets(place, changes, idOf);
    await steps.done("tickets written");
  },
  facts: ({ tickets }, ledger) => ({ tickets, contacts: contactFacts(ledger) }),
});
