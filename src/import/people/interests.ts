import type { Sliced } from "../procedure/slices.ts";
import type { TicketRow } from "../formats/rows.ts";
import type { ContactReference, FilePerson, KnownPeople } from "./contacts.ts";
import type { Ledger } from "../procedure/ledger.ts";
import { withoutEntities } from "../formats/reading/entities.ts";
import { byText, fold, fullName, personKey } from "./person.ts";
import type { Interest, Topic } from "./queries/interests.ts";

/** What the database holds about interests. */
export interface KnownInterests {
  topics: readonly Topic[];
  /** Of the people whom the file may mean. */
  links: readonly Interest[];
}

/** A topic as links refer to it: a known one's id, or the folded name of one to be created. */
export type TopicReference = number | string;

/** What an import does to interests. */
export interface InterestChanges {
  /** Names of those to be created. */
  topics: string[];
  links: { contact: ContactReference; topic: TopicReference }[];
}

/**
 * Plans the interests of a file's people; nobody loses one.
 *
 * @param rows those that are imported: not rows that are skipped because their ticket is known
 */
export function* planInterests(
  rows: readonly TicketRow[],
  people: ReadonlyMap<string, FilePerson>,
  knownPeople: KnownPeople,
  known: KnownInterests,
  ledger: Ledger,
): Sliced<InterestChanges> {
  const topics = new Map<string, number>();
  // An earlier tool kept some as the shop writes them: Streaming &amp; Queues.
  const stands = new Map<number, number>();
  for (const { id, name } of [...known.topics].sort((a, b) => a.id - b.id)) {
    const key = fold(withoutEntities(name));
    const first = topics.get(key) ?? id;
    topics.set(key, first);
    stands.set(id, first);
  }
  const links = new Set<string>();
  for (const { contact_id, topic_id } of known.links) {
    yield;
    links.add(`${contact_id} ${stands.get(topic_id) ?? topic_id}`);
  }
  const spellings = new Map<string, string>();
  const wanted = new Map<string, Set<string>>();
  for (const row of rows) {
    yield;
    if (row.interests.length === 0) continue;
    const person = personKey(row);
    const own = wanted.get(person) ?? new Set<string>();
    for (const name of row.interests) {
      const key = fold(name);
      const spelled = spellings.get(key);
      if (spelled === undefined || name > spelled) spellings.set(key, name);
      own.add(key);
    }
    wanted.set(person, own);
  }

  const create = new Set<string>();
  const changes: InterestChanges = { topics: [], links: [] };
  for (const person of people.values()) {
    yield;
    const contact = knownPeople.withKey(person.key);
    for (const key of [...(wanted.get(person.key) ?? [])].sort(byText)) {
      const name = spellings.get(key) ?? key;
      const topic = topics.get(key);
      const note = ledger.about({
        row: person.row,
        record_type: "interests",
        identifier: `${fullName(person)}: ${name}`,
      });
      if (contact && topic !== undefined && links.has(`${contact.id} ${topic}`)) {
        note("skip", "there already");
      } else {
        if (topic === undefined && !create.has(key)) {
          create.add(key);
          changes.topics.push(name);
          const record = { row: person.row, record_type: "topics", identifier: name } as const;
          ledger.about(record)("create", "not known yet");
        }
        changes.links.push({ contact: contact?.id ?? person.key, topic: topic ?? key });
        note("create", "not known yet");
      }
    }
  }
  return changes;
}
