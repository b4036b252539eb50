/** The header of Quicket's exports; the last `Ticket Number` is the second one. */
export const QUICKET_COLUMNS: readonly string[] = [
  "Order Number",
  "Payment Reference",
  "Ticket Number",
  "Ticket Barcode",
  "Purchase Date",
  "Purchaser Email",
  "Ticket Type",
  "Seat Number",
  "TeamName",
  "TeamMemberType",
  "Sequential Number",
  "Price paid",
  "Payment Method",
  "Discount Code",
  "Discount Amount",
  "Checked In",
  "Checked In Date",
  "Checked In By",
  "Check In Note",
  "Complimentary",
  "Is Merchandise",
  "EventDate",
  "Schedule Name",
  "Vended",
  "Vendor name",
  "Operator name",
  "Link Campaign",
  "Valid",
  "Transferred to Order Number",
  "Frozen",
  "Ticket Number",
  "Cellphone",
  "Email",
  "First name",
  "Surname",
  "Profession:",
  "Area of Interest",
];

/** The cells of a ticket; what is not given is `-`, as Quicket writes it. */
export function ticket(cells: Record<string, string>): string[] {
  const usual: Record<string, string> = {
    "Order Number": "9001",
    "Ticket Number": "810001",
    "Purchase Date": "2026-03-02 08:15:30.0000000",
    "Purchaser Email": "thabo@example.org",
    "Ticket Type": "General Admission",
    "Checked In": "No",
    "Is Merchandise": "No",
    Valid: "Yes",
    Email: "thabo@example.org",
    "First name": "Thabo",
    Surname: "Nkosi",
  };
  return QUICKET_COLUMNS.map((column, index) =>
    index === QUICKET_COLUMNS.lastIndexOf("Ticket Number")
      ? "1"
      : (cells[column] ?? usual[column] ?? "-"),
  );
}

/** Rows as CSV, every cell in quotation marks where it needs them. */
export function csv(rows: readonly (readonly string[])[], delimiter = ",", end = "\r\n"): string {
  return rows
    .map((cells) => cells.map((cell) => quoted(cell, delimiter)).join(delimiter) + end)
    .join("");
}

function quoted(cell: string, delimiter: string): string {
  return cell.includes(delimiter) || /["\r\n]/u.test(cell)
    ? `"${cell.replaceAll('"', '""')}"`
    : cell;
}
