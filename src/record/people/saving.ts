import * as z from "zod";
import { ToolError } from "../../mcp/errors.ts";
import { plain } from "../../mcp/render.ts";
import { trimmed } from "../../words/blanks.ts";
import { isAddress, mailbox } from "../../words/email_address.ts";
import { ERASED_PERSON } from "../../words/names.ts";
import { insertRow, updateRows } from "../../conventions/older_rows.ts";
import { lockContactCreation } from "../../conventions/locks.ts";
import { oneContact } from "../../conventions/references/contact.ts";
import { together } from "../../conventions/together.ts";
import type { Call } from "../../conventions/call.ts";
import {
  contactColumns,
  lockContact,
  noteOnContact,
  rememberFormer,
  savedContact,
  similarPeople,
  wasErased,
  type SavedContact,
  type SimilarPerson,
} from "./queries/saving.ts";
import { changeRoles, rolesMeant, type GivenRole } from "./roles.ts";

export const notesShape = z.array(z.object({ id: z.number(), text: z.string() }));

/** The fields of a person; all but the first three may be missing in the organiser's table. */
const FIELDS = [
  "first_name",
  "last_name",
  "email",
  "phone",
  "company",
  "job_title",
  "profession",
] as const;

type Field = (typeof FIELDS)[number];

/** What is to be saved of a person; undefined stays, null empties. */
export interface ContactToSave extends Partial<Record<Field, string | null | undefined>> {
  contact?: string | undefined;
  roles_add?: readonly GivenRole[] | undefined;
  roles_remove?: readonly GivenRole[] | undefined;
  note?: string | undefined;
  even_if_similar?: boolean | undefined;
}

/**
 * Adds a person or corrects one.
 *
 * @throws ToolError for a field that the organiser's table does not have, for a person who was erased or would
 *   have neither name nor e-mail, and where somebody similar is there and that was not said to be right
 */
export async function saved(call: Call, given: ContactToSave) {
  const { sql } = call;
  const values = givenValues(given);
  const [, columns, meant, added, removed] = await together(
    lockContactCreation(sql),
    contactColumns(sql),
    given.contact === undefined ? null : oneContact(sql, given.contact),
    rolesMeant(call, given.roles_add),
    rolesMeant(call, given.roles_remove),
  );
  refuseMissing(values, columns);

  const before = meant === null ? null : await lockedContact(call, meant.id);
  if (before?.name === ERASED_PERSON) {
    throw new ToolError(
      `Contact ${String(before.id)} was erased on request and stays without a name; to add a person anew, leave contact out.`,
    );
  }
  const person = whole(before, values);
  const name = `${person.first_name} ${person.last_name}`.trim();
  if (name === "" && person.email === null) {
    throw new ToolError("A contact needs a name or an e-mail.");
  }
  const isNamedAnew = before === null || before.name !== name;
  const isMailedAnew =
    person.email !== null && mailbox(person.email) !== mailbox(before?.email ?? "");
  const [alike, isErased] = await together(
    isNamedAnew || isMailedAnew ? similarPeople(sql, { ...person, name }, before?.id ?? null) : [],
    isMailedAnew ? wasErased(sql, person.email, name) : false,
  );
  const same = before === null ? alike.find(isSamePerson) : undefined;
  const similar = alike.filter((other) => other !== same);
  const warnings: string[] = [];
  if (same === undefined && given.even_if_similar !== true) {
    if (isErased) throw new ToolError(ERASED);
    if (before === null && similar.length > 0) throw new ToolError(whoIsThere(similar));
  }
  if (isErased) {
    warnings.push(
      "This address was erased on request, and no mail goes to it until set_suppression lifts that.",
    );
  }

  const standing = before ?? (same ? await lockedContact(call, same.id) : null);
  if (same?.formerly) {
    warnings.push(
      `${plain(same.name)} was known by that name or e-mail before; it stays as it is.`,
    );
  }
  const wanted = same ? without(values, ["first_name", "last_name", "email"]) : values;
  const { id, changed } =
    standing === null
      ? await addContact(call, person, values)
      : await changeContact(call, standing, wanted, columns);
  const [roles] = await together(
    changeRoles(call, id, standing?.roles ?? [], added, removed),
    given.note === undefined ? undefined : noteOnContact(sql, id, given.note),
  );
  warnings.push(...roles.warnings);

  const after = await savedContact(sql, id);
  if (!after) throw new Error("the saved contact is not there");
  if (isMailedAnew && after.deliverability !== "ok" && !isErased) {
    warnings.push(`Nothing is mailed to that address: ${after.deliverability}.`);
  }
  if (after.prepared.length > 0) {
    warnings.push(
      `Prepared with the former address, to which it would go: ${after.prepared.map((title) => `"${plain(title)}"`).join(", ")}; prepare anew.`,
    );
  }
  const { shares_mailbox_with, deliverability: _state, prepared: _titles, ...contact } = after;
  const notes = notesShape.parse(contact.notes);
  const notesBefore = notesShape.parse(standing?.notes ?? []);
  return {
    contact: { ...contact, notes },
    created: standing === null,
    changed:
      standing === null
        ? {}
        : {
            ...changed,
            ...(roles.isChanged && { roles: fromTo(standing.roles, after.roles) }),
            ...(notes.length > notesBefore.length && { notes: fromTo(notesBefore, notes) }),
          },
    similar: similar.map(({ id: other, name: called, email }) => ({
      id: other,
      name: called,
      email,
    })),
    shares_mailbox_with,
    warnings,
  };
}

/** A value before and after, as `changed` shows it. */
function fromTo(before: unknown, after: unknown): [unknown, unknown] {
  return [before, after];
}

const ERASED =
  "Somebody of this address was erased because they asked for it. If they ask to be back themselves, call again with even_if_similar.";

function givenValues(given: ContactToSave): Partial<Record<Field, string | null>> {
  const values: Partial<Record<Field, string | null>> = {};
  for (const field of FIELDS) {
    const value = given[field];
    if (value !== undefined) values[field] = value;
  }
  if (typeof values.email === "string") {
    if (!isAddress(values.email)) {
      throw new ToolError(`email "${plain(values.email)}" is not an e-mail address.`);
    }
    values.email = trimmed(values.email);
  }
  return values;
}

function refuseMissing(
  values: Partial<Record<Field, string | null>>,
  columns: readonly string[],
): void {
  const missing = FIELDS.filter((field) => values[field] !== undefined && !columns.includes(field));
  if (missing.length === 0) return;
  const there = FIELDS.filter((field) => columns.includes(field));
  throw new ToolError(
    `The table contacts of this database has no column ${missing.join(", ")}; it has ${there.join(", ")}.`,
  );
}

async function lockedContact({ sql }: Call, id: number): Promise<SavedContact> {
  const [, contact] = await together(lockContact(sql, id), savedContact(sql, id));
  if (!contact) throw new ToolError("The contact was removed by another call meanwhile.");
  return contact;
}

/** The person as they are to be. */
function whole(before: SavedContact | null, values: Partial<Record<Field, string | null>>) {
  const value = (field: Field) => (values[field] === undefined ? before?.[field] : values[field]);
  return {
    first_name: value("first_name") ?? "",
    last_name: value("last_name") ?? "",
    email: value("email") ?? null,
  };
}

function without(
  values: Partial<Record<Field, string | null>>,
  fields: readonly Field[],
): Partial<Record<Field, string | null>> {
  return Object.fromEntries(
    Object.entries(values).filter(([field]) => !fields.includes(field as Field)),
  );
}

function isSamePerson({ same_name, same_mailbox }: SimilarPerson): boolean {
  return same_name && same_mailbox;
}

function whoIsThere(similar: readonly SimilarPerson[]): string {
  const people = similar.map(
    ({ id, name, email, same_mailbox, same_name, formerly }) =>
      `${String(id)} ${plain(name)} (${email === null ? "no e-mail" : plain(email)}; ${formerly ? "formerly the " : "the "}same ${same_mailbox && !same_name ? "e-mail" : "name"})`,
  );
  return `Somebody similar is there: ${people.join(", ")}. If one of them is meant, give contact; if it is somebody else, call again with even_if_similar.`;
}

async function addContact(
  { sql }: Call,
  person: { first_name: string; last_name: string; email: string | null },
  values: Partial<Record<Field, string | null>>,
): Promise<{ id: number; changed: Record<string, never> }> {
  const row = await insertRow(sql, "contacts", { ...values, ...person });
  return { id: z.object({ id: z.number() }).parse(row).id, changed: {} };
}

async function changeContact(
  { sql }: Call,
  before: SavedContact,
  values: Partial<Record<Field, string | null>>,
  columns: readonly string[],
): Promise<{ id: number; changed: Record<string, [unknown, unknown]> }> {
  const isName = (field: Field) => field === "first_name" || field === "last_name";
  const changes = Object.entries(values)
    .map(
      ([field, value]) => [field as Field, isName(field as Field) ? (value ?? "") : value] as const,
    )
    .filter(([field, value]) => before[field] !== value);
  if (changes.length > 0) {
    const touched = columns.includes("updated_at") ? { updated_at: "now" } : {};
    await together(
      updateRows(sql, "contacts", [{ id: before.id }], {
        ...Object.fromEntries(changes),
        ...touched,
      }),
      changes.some(([field]) => isName(field) || field === "email")
        ? rememberFormer(sql, before.id, before)
        : undefined,
    );
  }
  return {
    id: before.id,
    changed: Object.fromEntries(changes.map(([field, value]) => [field, [before[field], value]])),
  };
}
