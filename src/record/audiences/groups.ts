import { groupedBy } from "../../words/groups.ts";

/** People left out of a list for one reason, as a tool lists them. */
export interface LeftOutGroup {
  reason: string;
  count: number;
  contacts: { id: number; name: string }[];
}

/** Most people of one reason who are listed; all are counted. */
const LISTED = 20;

/**
 * People by the reason for which they were left out, in the order of their first.
 *
 * @param people `count` where not everybody of that reason is given: how many there are
 */
export function byReason(
  people: readonly { reason: string; id: number; name: string; count?: number }[],
): LeftOutGroup[] {
  return [...groupedBy(people, ({ reason }) => reason)].map(([reason, group]) => ({
    reason,
    count: group[0].count ?? group.length,
    contacts: group.slice(0, LISTED).map(({ id, name }) => ({ id, name })),
  }));
}

/** Somebody's mailbox. */
interface MailboxOf {
  contact_id: number;
  mailbox: string;
}

/** The mailboxes that several of these people share. */
export function sharedMailboxes(
  people: readonly MailboxOf[],
): { email: string; contact_ids: number[] }[] {
  return shared(people).map(({ email, contact_ids }) => ({ email, contact_ids }));
}

/** As {@link sharedMailboxes}, with the names of who shares them. */
export function sharedMailboxesByName(people: readonly (MailboxOf & { name: string })[]) {
  return shared(people).map(({ email, contact_ids, group }) => ({
    email,
    contact_ids,
    contacts: group.map(({ contact_id: id, name }) => ({ id, name })),
  }));
}

function shared<Person extends MailboxOf>(people: readonly Person[]) {
  return [...groupedBy(people, ({ mailbox }) => mailbox)]
    .filter(([, group]) => group.length > 1)
    .map(([email, group]) => ({
      email,
      contact_ids: group.map(({ contact_id: id }) => id),
      group,
    }));
}
