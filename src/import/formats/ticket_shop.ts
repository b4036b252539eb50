import type { Format } from "./format.ts";
import type { Cells } from "./reading/cells.ts";
import type { Times } from "./reading/times.ts";
import type { ShopRow } from "./rows.ts";

/** An export of the tickets that a shop sold. */
export interface ShopFormat extends Format<ShopRow> {
  /** The shop, as `tickets.registration_source` names it. */
  source: string;
}

/**
 * Defines a shop's export by what a row of it says. Its column `ticket_number` must be there.
 *
 * @param definition `row` is undefined for a row that is left out
 */
export function shopFormat(
  definition: Omit<ShopFormat, "begin"> & {
    row: (cells: Cells, times: Times) => ShopRow | undefined;
  },
): ShopFormat {
  const { row: rowOf, ...format } = definition;
  return {
    ...format,
    begin: (times) => {
      const firstRows = new Map<string, number>();
      return (cells) => {
        const row = rowOf(cells, times);
        if (!row || row.merchandise) return row;
        const first = firstRows.get(row.ticket_number);
        if (first === undefined) firstRows.set(row.ticket_number, row.row);
        else cells.warn("ticket_number", `is that of row ${String(first)} as well`);
        return row;
      };
    },
  };
}

/** The number of a row's ticket; an error where it has none. */
export function ticketNumber(cells: Cells): string {
  const text = cells.line("ticket_number", 100);
  // A spreadsheet that took it for a quantity adds decimals.
  const digits = /^0*([1-9]\d{0,18})(?:\.0+)?$/u.exec(text ?? "")?.[1];
  if (digits !== undefined && BigInt(digits) <= 9_223_372_036_854_775_807n) return digits;
  cells.error(
    "ticket_number",
    text === null ? "is empty" : "is not a ticket number, which has digits only",
  );
  return "0";
}
