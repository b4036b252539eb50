import { plain } from "../../mcp/render.ts";
import type { Call } from "../../conventions/call.ts";
import { deleteRows, insertRow } from "../../conventions/older_rows.ts";
import type { Named } from "../../conventions/references/choose.ts";
import { oneEvent } from "../../conventions/references/event.ts";
import { together } from "../../conventions/together.ts";

/** A role that words name; without an event it holds everywhere. */
export interface GivenRole {
  role: string;
  event?: string | undefined;
}

interface MeantRole {
  role: string;
  event: Named | null;
}

/** The roles that are meant, with their events. */
export async function rolesMeant(
  call: Call,
  given: readonly GivenRole[] | undefined,
): Promise<MeantRole[]> {
  return Promise.all(
    (given ?? []).map(async ({ role, event }) => {
      if (event === undefined) return { role, event: null };
      const { id, name } = await oneEvent(call, event);
      return { role, event: { id, name } };
    }),
  );
}

/** Gives and takes roles; a warning for each that was to be taken and is not there. */
export async function changeRoles(
  { sql }: Call,
  contact: number,
  held: readonly MeantRole[],
  added: readonly MeantRole[],
  removed: readonly MeantRole[],
) {
  const key = ({ role, event }: MeantRole) => `${role} ${String(event?.id ?? "")}`;
  const row = ({ role, event }: MeantRole) => ({
    contact_id: contact,
    event_id: event?.id ?? null,
    role_type: role,
  });
  const has = new Set(held.map(key));
  const fresh = [...new Map(added.map((role) => [key(role), role])).values()].filter(
    (role) => !has.has(key(role)),
  );
  const gone = removed.filter((role) => has.has(key(role)));
  await together(
    ...fresh.map((role) => insertRow(sql, "contact_roles", row(role))),
    ...gone.map((role) => deleteRows(sql, "contact_roles", [row(role)])),
  );
  return {
    isChanged: fresh.length + gone.length > 0,
    warnings: removed
      .filter((role) => !has.has(key(role)))
      .map(
        ({ role, event }) =>
          `There was no role ${role}${event === null ? " without an event" : ` at ${plain(event.name)}`} to remove.${role === "attendee" ? " A registration makes an attendee as well." : ""}`,
      ),
  };
}
