import { planWalkUps } from "./plan.ts";
import { ROLES_NEEDS } from "../people/attendees.ts";
import { roleHolders } from "../people/queries/roles.ts";
import { insertContacts } from "../people/queries/contacts.ts";
import { ticketsOf } from "../tickets/queries.ts";
import {
  CONTACT_COLUMNS,
  peopleMeant,
  recordContacts,
  updateContacts,
} from "../people/recording.ts";
import { contactFacts, roleFacts } from "../procedure/shapes.ts";
import { importKind } from "../procedure/kind.ts";
import { TICKETS_NEEDS, recordAttendees, recordTickets } from "../tickets/recording.ts";
import { together } from "../../conventions/together.ts";

/** Walk-ins: people who came without a ticket and filled in the form at the door. */
export const walkUps = importKind({
  type: "walkup",
  records: ["tickets", "contacts", "roles"],
  needs: [
    { table: "contacts", columns: { ...CONTACT_COLUMNS, phone: "text" }, isExtended: true },
    TICKETS_NEEDS,
    ROLES_NEEDS,
  ],
  fields: {
    first_name: "contacts.first_name",
    last_name: "contacts.last_name",
    email: "contacts.email",
    phone: "contacts.phone",
  },
  async look(place, rows) {
    const { sql, event } = place;
    const [contacts, attendees] = await together(
      peopleMeant(place, rows),
      roleHolders(sql, event, "attendee"),
    );
    const known = contacts.map(({ id }) => id);
    const tickets = known.length === 0 ? [] : await ticketsOf(sql, event, known);
    return { contacts, tickets, attendees };
  },
  plan: (rows, known, { strategy }, ledger) => planWalkUps(rows, known, strategy, ledger),
  async write(place, { contacts, create, attendees }, steps) {
    const { sql, signal } = place;
    const idOf = await recordContacts(contacts.create, signal, (people) =>
      insertContacts(sql, people),
    );
    await updateContacts(place, {
      ...contacts,
      phones: [
        ...contacts.phones,
        ...contacts.create.flatMap(({ key, phone }) =>
          phone === null ? [] : [{ id: idOf(key), phone }],
        ),
      ],
    });
    await steps.done("contacts written");
    await together(
      recordTickets(place, { create, update: [] }, idOf),
      recordAttendees(place, attendees, idOf),
    );
    await steps.done("tickets written");
  },
  facts: (_plan, ledger) => ({
    contacts: contactFacts(ledger),
    tickets: {
      created: ledger.counts("tickets").create,
      skipped: ledger.counts("tickets").skip,
    },
    roles: roleFacts(ledger),
  }),
});
