import {
  asId,
  asTaken,
  chooseAmong,
  type Candidate,
  type Taken,
} from "../../conventions/references/choose.ts";
import { ToolError } from "../../mcp/errors.ts";
import { plain } from "../../mcp/render.ts";
import { folded, words } from "../../words/names.ts";
import { fold } from "../people/person.ts";
import type { PlanOptions } from "../procedure/kind.ts";
import type { MappedLabel } from "../procedure/ledger.ts";
import type { RememberedLabel } from "./queries.ts";
import type { RatedSession } from "./sessions.ts";

/** What a person said that a label means, in this call or an earlier one. */
export interface Mapping {
  label: string;
  /** Null where the label's answers are left out, and where the session is not there. */
  session: RatedSession | null;
  /** Title of the session that was meant and that the event does not have. */
  lost: string | null;
  /** For the answer of the call. */
  named: MappedLabel["session"];
  from_memory: boolean;
  /** What the label was remembered to mean where this call says something else. */
  before?: Mapping | undefined;
}

/** What labels were mapped to: the words of a call count before those that are remembered. */
export class LabelMappings {
  /** What is to be remembered. */
  readonly changed: RememberedLabel[] = [];
  readonly #mappings: Map<string, Mapping>;

  /**
   * @param labels those of the file
   * @throws ToolError where a mapping is of no such label, says nothing or two things, or means no one session
   */
  constructor(
    sessions: readonly RatedSession[],
    remembered: readonly RememberedLabel[],
    mappings: PlanOptions["mappings"],
    labels: ReadonlySet<string>,
  ) {
    const entries = new Map(remembered.map((entry) => [folded(entry.label), entry]));
    this.#mappings = new Map(
      remembered.map((entry) => [folded(entry.label), fromMemory(sessions, entry)]),
    );
    const inFile = new Set(Array.from(labels, folded));
    const said = new Set<string>();
    for (const given of mappings) {
      const key = folded(given.label);
      const label = plain(given.label);
      if (key === "" || !inFile.has(key)) {
        throw new ToolError(
          `No row of the file has the label "${label}"; give labels as unmatched lists them.`,
        );
      }
      if (said.has(key)) throw new ToolError(`label_mappings has the label "${label}" twice.`);
      said.add(key);
      const mapping = { ...fromCall(sessions, given), before: this.#mappings.get(key) };
      this.#mappings.set(key, mapping);
      const entry = asEntry(mapping);
      if (!isSame(entry, entries.get(key))) this.changed.push(entry);
    }
  }

  /** What the label was mapped to, if it was. */
  of(label: string): Mapping | undefined {
    return this.#mappings.get(folded(label));
  }
}

function fromMemory(sessions: readonly RatedSession[], entry: RememberedLabel): Mapping {
  const { label, session_title: title, sessionize_session_id: id } = entry;
  const session = title === null ? null : remembered(sessions, title, id);
  return {
    label,
    session,
    lost: session === null ? title : null,
    named: session && asTaken(candidateOf(session)),
    from_memory: true,
  };
}

/** By its Sessionize id, else by its title, if only one session has that. */
function remembered(
  sessions: readonly RatedSession[],
  title: string,
  id: string | null,
): RatedSession | null {
  const identified =
    id === null
      ? undefined
      : sessions.find(({ parts }) => parts.some((part) => part.sessionize_session_id === id));
  if (identified) return identified;
  const [first, ...others] = sessions.filter((session) => fold(session.title) === fold(title));
  return first && others.length === 0 ? first : null;
}

function fromCall(
  sessions: readonly RatedSession[],
  { label, session: given, skip = false }: PlanOptions["mappings"][number],
): Mapping {
  if ((given !== undefined) === skip) {
    throw new ToolError(
      `label_mappings needs either session or skip: true for the label "${plain(label)}".`,
    );
  }
  const chosen = given === undefined ? null : sessionMeant(sessions, given);
  return {
    label,
    session: chosen?.session ?? null,
    lost: null,
    named: chosen && asTaken(chosen),
    from_memory: false,
  };
}

interface SessionCandidate extends Candidate {
  session: RatedSession;
}

function candidateOf(session: RatedSession): SessionCandidate {
  const [{ id }] = session.parts;
  return { id, name: session.title, detail: session.speakers.join(", "), rank: 0, session };
}

/** By the id of any speaker's part, else by its title, or words of the title and the speakers' names. */
function sessionMeant(sessions: readonly RatedSession[], given: string): SessionCandidate & Taken {
  const id = asId(given);
  const asked = words(given);
  const all = sessions.map(candidateOf);
  const matching = all.flatMap((candidate) => {
    const { name, detail, session } = candidate;
    if (session.parts.some((part) => part.id === id)) return [{ ...candidate, rank: 0 }];
    if (folded(name) === folded(given)) return [{ ...candidate, rank: 1 }];
    const own = new Set(words(`${name} ${detail}`));
    return asked.length > 0 && asked.every((word) => own.has(word))
      ? [{ ...candidate, rank: 2 }]
      : [];
  });
  return chooseAmong(SESSION, given, all, matching);
}

const SESSION = { argument: "session", lister: "list_sessions", within: " at that event" };

function asEntry({ label, session }: Mapping): RememberedLabel {
  return {
    label,
    session_title: session?.title ?? null,
    sessionize_session_id: session?.parts[0].sessionize_session_id ?? null,
  };
}

function isSame(entry: RememberedLabel, other: RememberedLabel | undefined): boolean {
  return (
    other !== undefined &&
    entry.session_title === other.session_title &&
    entry.sessionize_session_id === other.sessionize_session_id
  );
}
