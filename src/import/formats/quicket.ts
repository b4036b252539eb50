import type { Cells } from "./reading/cells.ts";
import { requiring, type Column } from "./reading/columns.ts";
import { NAMES, personColumns, personEmail, personNames } from "./reading/people.ts";
import type { ShopRow, TicketRow } from "./rows.ts";
import { shopFormat, ticketNumber, type ShopFormat } from "./ticket_shop.ts";
import type { Times } from "./reading/times.ts";

const COLUMNS: readonly Column[] = [
  { key: "order_number", name: "Order Number", loss: "no order numbers are read" },
  { key: "payment_reference", name: "Payment Reference" },
  { key: "ticket_number", name: "Ticket Number", required: true, mayRepeat: true },
  { key: "ticket_barcode", name: "Ticket Barcode" },
  { key: "purchase_date", name: "Purchase Date", required: true },
  {
    key: "purchaser_email",
    name: "Purchaser Email",
    loss: "the attendee counts as the purchaser of every ticket",
  },
  { key: "ticket_type", name: "Ticket Type", loss: "no types of ticket are read" },
  { key: "seat_number", name: "Seat Number" },
  { key: "team_name", name: "TeamName" },
  { key: "team_member_type", name: "TeamMemberType" },
  { key: "sequential_number", name: "Sequential Number" },
  { key: "price_paid", name: "Price paid" },
  { key: "payment_method", name: "Payment Method" },
  { key: "discount_code", name: "Discount Code" },
  { key: "discount_amount", name: "Discount Amount" },
  { key: "checked_in", name: "Checked In", loss: "nobody counts as checked in" },
  {
    key: "checked_in_at",
    name: "Checked In Date",
    loss: "it is not known when somebody checked in",
  },
  { key: "checked_in_by", name: "Checked In By" },
  { key: "check_in_note", name: "Check In Note" },
  { key: "complimentary", name: "Complimentary", loss: "no ticket counts as complimentary" },
  { key: "merchandise", name: "Is Merchandise", loss: "merchandise, if any, counts as tickets" },
  { key: "event_date", name: "EventDate" },
  { key: "schedule_name", name: "Schedule Name" },
  { key: "vended", name: "Vended" },
  { key: "vendor_name", name: "Vendor name" },
  { key: "operator_name", name: "Operator name" },
  { key: "marketing_source", name: "Link Campaign", loss: "no ticket has a marketing source" },
  { key: "valid", name: "Valid", loss: "cancelled tickets, if any, count as registered" },
  {
    key: "transferred",
    name: "Transferred to Order Number",
    loss: "transferred tickets, if any, count as registered",
  },
  { key: "frozen", name: "Frozen" },
  {
    key: "second_ticket_number",
    name: "Ticket Number1",
    aliases: ["Ticket Number.1", "Ticket Number 2"],
  },
  { key: "phone", name: "Cellphone", loss: "no telephone numbers are read" },
  ...personColumns({ first: "First name", last: "Surname", email: "Email" }),
  { key: "profession", name: "Profession:", loss: "no professions are read" },
  { key: "interests", name: "Area of Interest", loss: "no interests are read" },
];

export const quicketRegistrations: ShopFormat = quicket("Quicket registrations", COLUMNS);

/** The same columns; whether somebody came must be there. */
export const quicketCheckins: ShopFormat = quicket(
  "Quicket check-ins",
  requiring(COLUMNS, "checked_in"),
);

function quicket(title: string, columns: readonly Column[]): ShopFormat {
  return shopFormat({
    title,
    source: "quicket",
    columns,
    oneOf: NAMES,
    style: { isDashEmpty: true, hasEntities: true },
    row: shopRow,
  });
}

function shopRow(cells: Cells, times: Times): ShopRow | undefined {
  if (cells.yes("merchandise") === true) {
    cells.warn("merchandise", "is Yes: the row is merchandise, not a seat, and is skipped");
    return { row: cells.row, merchandise: true };
  }
  const person = personNames(cells);
  if (!person) return undefined;
  const ticket: TicketRow = {
    row: cells.row,
    merchandise: false,
    ticket_number: ticketNumber(cells),
    order_number: cells.line("order_number", 200),
    purchase_date: null,
    purchaser_email: cells.email("purchaser_email"),
    ticket_type: cells.line("ticket_type", 100),
    checked_in: checkedIn(cells),
    checked_in_at: null,
    complimentary: isComplimentary(cells),
    status: status(cells),
    marketing_source: cells.line("marketing_source", 200),
    phone: cells.phone("phone"),
    ...person,
    email: personEmail(cells),
    profession: cells.line("profession", 200),
    interests: interests(cells),
  };
  const purchased = statedTime(cells, "purchase_date");
  if (purchased === null) cells.warn("purchase_date", "is empty");
  times.read(cells, {
    key: "purchase_date",
    text: purchased,
    severity: "error",
    assign: (at) => (ticket.purchase_date = at),
  });
  times.read(cells, {
    key: "checked_in_at",
    text: ticket.checked_in ? statedTime(cells, "checked_in_at") : null,
    severity: "warning",
    assign: (at) => (ticket.checked_in_at = at),
  });
  return ticket;
}

/** Nothing where Quicket says nothing, or the first day of all days, its other way to say so. */
function statedTime(cells: Cells, key: string): string | null {
  const text = cells.line(key, 100);
  return text === null || /^0*1[-/]0*1[-/]0*1\b|^0001-01-01/u.test(text) ? null : text;
}

function checkedIn(cells: Cells): boolean {
  const yes = cells.yes("checked_in");
  if (yes === undefined && cells.line("checked_in", 200) !== null) {
    cells.warn("checked_in", "is neither Yes nor No, and is taken as No");
  }
  return yes ?? false;
}

function isComplimentary(cells: Cells): boolean {
  return cells.yes("complimentary") ?? cells.line("complimentary", 200) !== null;
}

function status(cells: Cells): TicketRow["status"] {
  if (cells.line("transferred", 200) !== null) return "transferred";
  const valid = cells.yes("valid");
  if (valid === undefined && cells.line("valid", 200) !== null) {
    cells.warn("valid", "is neither Yes nor No, and is taken as Yes");
  }
  return valid === false ? "cancelled" : "registered";
}

/** Topics between commas, semicolons or bars; what is in brackets stays together. */
function interests(cells: Cells): string[] {
  const topics = new Map<string, string>();
  for (const part of (cells.text("interests", 10_000) ?? "").split(/[,;|\n](?![^()]*\))/u)) {
    const topic = part.replace(/\s+/gu, " ").trim();
    if (topic === "" || topic === "-") continue;
    if (topic.length > 200 && Array.from(topic).length > 200) {
      cells.error(
        "interests",
        "has a topic that is longer than the 200 characters that can be kept",
      );
    } else if (!topics.has(topic.toLowerCase())) topics.set(topic.toLowerCase(), topic);
  }
  return [...topics.values()];
}
