import { quicketCheckins } from "../formats/quicket.ts";
import { importKind } from "../procedure/kind.ts";
import { contactFacts, roleFacts } from "../procedure/shapes.ts";
import { shopOf } from "../tickets/changes.ts";
import {
  SHOP_FIELDS,
  SHOP_NEEDS,
  lookUpTickets,
  recordAttendees,
  recordHolders,
  recordTickets,
} from "../tickets/recording.ts";
import { planCheckIns } from "./plan.ts";
import { together } from "../../conventions/together.ts";

const SHOP = shopOf(quicketCheckins);

/** Quicket's check-ins: who came. */
export const checkIns = importKind({
  type: "quicket_checkins",
  records: ["tickets", "contacts", "roles"],
  needs: SHOP_NEEDS,
  fields: SHOP_FIELDS,
  look: (place, rows) =>
    lookUpTickets(
      place,
      rows.flatMap((row) => (row.merchandise || !row.checked_in ? [] : [row])),
    ),
  plan: (rows, known, { strategy }, ledger) => planCheckIns(rows, known, SHOP, strategy, ledger),
  async write(place, changes, steps) {
    const idOf = await recordHolders(place, changes);
    await steps.done("contacts written");
    await together(
      recordTickets(place, changes, idOf),
      recordAttendees(place, changes.attendees, idOf),
    );
    await steps.done("tickets written");
  },
  facts: ({ tickets }, ledger) => ({
    tickets,
    contacts: contactFacts(ledger),
    roles: roleFacts(ledger),
  }),
});
