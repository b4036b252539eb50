import { servePage, type ServedPage } from "../../../mcp/page/server.ts";
import type { Transactions } from "../../../mcp/tool.ts";
import type { Call } from "../../../conventions/call.ts";
import { pageContent, sayYes, type PageAsked } from "./consent.ts";
import { pageText } from "./view.ts";

/** The page on which a person says yes to a list: it shows the list as it is when it is loaded. */
export function confirmationPage(
  transactions: Transactions<Call>,
  asked: PageAsked,
): Promise<ServedPage> {
  return servePage(`send ${String(asked.confirmation)}`, () => ({
    show: async (visit) =>
      pageText(await transactions.read((call) => pageContent(call, asked)), visit),
    press: () => transactions.write((call) => sayYes(call, asked)),
  }));
}
