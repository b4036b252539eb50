import { quicketCheckins } from "../formats/quicket.ts";
import { importKind } from "../procedure/kind.ts";
import { contactFacts, roleFacts } from "../procedure/shapes.ts";
import { shopOf } from "../tickets/changes.ts";
import { SHOP_FIELDS, SHOP_NEEDS, lookUpTickets, recordShop } from "../tickets/recording.ts";
import { planCheckIns } from "./plan.ts";

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
    await recordShop(place, changes, steps);
  },
  facts: ({ tickets }, ledger) => ({
    tickets,
    contacts: contactFacts(ledger),
    roles: roleFacts(ledger),
  }),
});
