import { DISTRIBUTION_CHANNELS } from "../../../src/record/assets/shape.ts";
import {
  HOSTILE_NAMES,
  HOSTILE_NUMBERS,
  HOSTILE_TEXTS,
  HOSTILE_TIMES,
  HOSTILE_VALUES,
} from "./hostile.ts";
import type { Choices } from "./choices.ts";

/** The part of JSON Schema in which tools describe their arguments. */
export interface Shape {
  type?: string | string[];
  enum?: unknown[];
  properties?: Record<string, Shape>;
  required?: string[];
  items?: Shape;
}

/** A tool as `tools/list` shows it. */
export interface Definition {
  name: string;
  inputSchema: Shape;
  outputSchema: Record<string, unknown>;
  annotations: { readOnlyHint: boolean };
}

/** What arguments may name: what the world was made with, and what answers told since. */
export interface Vocabulary {
  campaigns: string[];
  events: string[];
  contacts: string[];
  communications: string[];
  assets: string[];
  topics: string[];
  /** Paths of files to import, by the kind of export, and under "" what is none. */
  files: Record<string, string[]>;
  params: Record<string, unknown>;
  /** Calls that were answered with a cursor, with it in their arguments. */
  pages: { tool: string; args: Record<string, unknown> }[];
  /** Prepared mails with their codes. */
  prepared: { communication: string; confirmation_code: string | undefined }[];
  /** What identifies mails to the mail service. */
  messageIds: string[];
  /** Numbers of changes that were listed. */
  changes: number[];
  /** Ids of notes that were saved. */
  notes: string[];
}

/** Arguments, and whether they were meant to be taken. */
export interface Generated {
  args: unknown;
  sound: boolean;
}

type Arguments = Record<string, unknown>;

const KIND_OF_IMPORT: Record<string, string> = {
  import_quicket_registrations: "quicket_registrations",
  import_quicket_checkins: "quicket_checkins",
  import_walkup_registrations: "walkup",
  import_sessionize_data: "sessionize",
  import_speaker_ratings: "ratings",
};

/** Makes arguments for tools from their own schemas: sound ones, such with one thing wrong, and wild ones. */
export class ArgumentSource {
  readonly #tools: ReadonlyMap<string, Definition>;
  readonly #words: Vocabulary;

  constructor(tools: readonly Definition[], words: Vocabulary) {
    this.#tools = new Map(tools.map((tool) => [tool.name, tool]));
    this.#words = words;
  }

  for(name: string, random: Choices): Generated {
    const { inputSchema } = this.#tools.get(name)!;
    if (random.chance(0.05)) {
      const page = random.pick([...this.#words.pages, undefined]);
      if (page?.tool === name) {
        const args = random.chance(0.7) ? page.args : this.#tampered(page.args, random);
        return { args, sound: args === page.args };
      }
    }
    if (random.chance(0.07)) return { args: this.#wild(inputSchema, random), sound: false };
    const args = this.#shaped(name, inputSchema, random);
    if (random.chance(0.68)) return { args, sound: true };
    let broken: unknown = args;
    for (let left = random.whole(1, 2); left > 0; left -= 1) broken = this.#broken(broken, random);
    return { args: broken, sound: false };
  }

  /** Arguments as the schema and the names of the arguments ask for them. */
  #shaped(tool: string, shape: Shape, random: Choices): Arguments {
    const fields = Object.entries(shape.properties ?? {});
    const args: Arguments = {};
    for (const [name, field] of fields) {
      const isRequired = shape.required?.includes(name) ?? false;
      if (isRequired || random.chance(0.2)) args[name] = this.#value(name, field, random);
    }
    delete args["cursor"];
    this.#arrange(tool, args, random);
    return args;
  }

  /** What a schema does not say: which arguments go together. */
  #arrange(tool: string, args: Arguments, random: Choices): void {
    const words = this.#words;
    const onlyOne = (...names: string[]) => {
      const kept = random.pick(names);
      for (const name of names) if (name !== kept) Reflect.deleteProperty(args, name);
      args[kept] ??= this.#value(kept, {}, random);
    };
    switch (tool) {
      case "update_campaign":
        // Nothing is recorded in a cancelled campaign, and none is left as they are for long.
        if (args["status"] === "cancelled" && random.chance(0.8)) args["status"] = "active";
        break;
      case "log_send":
        if (random.chance(0.9)) delete args["communication"];
        onlyOne("recipients", ...(random.chance(0.2) ? ["audience"] : []));
        if (args["recipients"] === undefined) delete args["recipients"];
        else if (args["audience"] !== undefined) delete args["audience"];
        break;
      case "log_post":
        if (random.chance(0.9)) args["title"] ??= this.#value("title", {}, random);
        break;
      case "create_asset":
        onlyOne("event", "campaign");
        break;
      case "set_suppression":
        onlyOne("contact", "email");
        break;
      case "save_note":
        onlyOne("about", ...(words.notes.length > 0 ? ["note"] : []));
        if (args["about"] !== undefined) args["text"] ??= this.#value("text", {}, random);
        break;
      case "validate_import_data":
      case "preview_import":
      case "import_quicket_registrations":
      case "import_quicket_checkins":
      case "import_walkup_registrations":
      case "import_sessionize_data":
      case "import_speaker_ratings": {
        const kind = KIND_OF_IMPORT[tool] ?? (args["import_type"] as string);
        if (random.chance(0.85)) args["file_path"] = random.pick(words.files[kind]!);
        break;
      }
      case "export_answer": {
        const questions = [...this.#tools.values()].filter(
          ({ annotations }) => annotations.readOnlyHint,
        );
        const asked = random.pick(questions);
        args["tool"] = asked.name;
        args["arguments"] = this.#shaped(asked.name, asked.inputSchema, random);
        if (random.chance(0.9)) delete args["file_path"];
        break;
      }
      case "find_audience":
        if (args["event"] === undefined) {
          delete args["registered"];
          delete args["attended"];
        }
        break;
      case "update_entry":
        args["changes"] = this.#changes(String(args["kind"]), random);
        args["id"] = random.pick(
          { communication: words.communications, asset: words.assets }[String(args["kind"])] ?? [
            "1",
            "2",
            "3",
          ],
        );
        break;
      case "remove_entry":
        if (args["kind"] === "recipient") {
          delete args["id"];
          args["communication"] = random.pick(words.communications);
          args["contact"] = random.pick(words.contacts);
        } else {
          delete args["communication"];
          delete args["contact"];
          args["id"] = String(random.whole(1, 60));
        }
        break;
      case "prepare_send":
        if (random.chance(0.1)) {
          for (const name of Object.keys(args)) Reflect.deleteProperty(args, name);
          args["communication"] = random.pick([...words.prepared, undefined])?.communication ?? "1";
          break;
        }
        delete args["communication"];
        args["campaign"] ??= random.pick(words.campaigns);
        args["template"] = random.pick([49, "49", "CFP Invitation", "cfp"]);
        args["params"] = random.chance(0.9) ? words.params : {};
        onlyOne("contacts", "audience");
        break;
      case "confirm_send":
      case "cancel_send": {
        const prepared = random.pick([...words.prepared.slice(-20), undefined]);
        if (prepared === undefined) break;
        args["communication"] = prepared.communication;
        if (tool === "confirm_send" && random.chance(0.9)) {
          args["confirmation_code"] = prepared.confirmation_code;
        }
        break;
      }
      default:
    }
  }

  #changes(kind: string, random: Choices): Arguments {
    const fields =
      {
        communication: ["campaign", "title", "post_url", "content_summary", "sent_at", "status"],
        asset: ["campaign", "title", "description", "file_url"],
        distribution: ["channel", "distributed_at", "reach_estimate", "notes"],
      }[kind] ?? [];
    return Object.fromEntries(
      random
        .some(fields, 2)
        .map((name) => [name, random.chance(0.1) ? null : this.#value(name, {}, random)]),
    );
  }

  #value(name: string, shape: Shape, random: Choices): unknown {
    if (shape.enum) return random.pick(shape.enum);
    const words = this.#words;
    switch (name) {
      case "campaign":
      case "received_campaign":
      case "not_received_campaign":
        return random.pick(words.campaigns);
      case "event":
      case "registered_for":
      case "not_registered_for":
        return random.pick(words.events);
      case "contact":
      case "keep":
      case "duplicate":
        return random.pick(words.contacts);
      case "change":
        return random.pick([...words.changes, random.whole(1, 500)]);
      case "about":
        return random.pick([
          { event: random.pick(words.events) },
          { campaign: random.pick(words.campaigns) },
          { contact: random.pick(words.contacts) },
          { communication: random.pick(words.communications) },
        ]);
      case "facts":
        return {
          [random.pick(["cfp_closes", "theme", "capacity", "submit_url", "menu"])]: random.pick([
            null,
            this.#time(random),
            "https://cfp.example.org",
            random.whole(0, 400),
            random.pick(HOSTILE_TEXTS),
          ]),
        };
      case "sql":
        return random.pick([
          "SELECT name, email FROM people",
          "SELECT status, count(*) FROM mails GROUP BY status",
          "SELECT * FROM registrations ORDER BY 1",
          `SELECT * FROM people WHERE name = '${random.pick(HOSTILE_TEXTS)}'`,
          "DELETE FROM people",
        ]);
      case "contacts":
        return random.some(words.contacts, 5);
      case "communication":
      case "received_communication":
      case "not_received_communication":
        return random.pick(words.communications);
      case "asset":
        return random.pick(words.assets);
      case "mails_from":
        return random.pick([...words.campaigns, ...words.events, "-30d", "2026-01-01"]);
      case "interested_in":
        return random.pick(words.topics);
      case "file_path":
        return random.pick(random.pick(Object.values(words.files)));
      case "status":
        return random.pick(["draft", "sent", "published", "failed"]);
      case "channel":
        return random.pick(DISTRIBUTION_CHANNELS);
      case "email":
        return random.pick([
          `person${String(random.whole(1, 20))}@example.org`,
          `somebody${String(random.whole(1, 99))}@example.org`,
        ]);
      case "post_url":
      case "file_url":
        return `https://files.example.org/${String(random.whole(1, 9))}?a=1#${random.pick(["", "ä", "%20"])}`;
      case "event_date":
        return `20${String(random.whole(10, 40))}-0${String(random.whole(1, 9))}-1${String(random.whole(0, 9))}`;
      case "from":
      case "to":
      case "since":
      case "sent_at":
      case "published_at":
      case "distributed_at":
      case "registered_before":
      case "not_contacted_since":
        return this.#time(random);
      case "limit":
        return random.pick([1, 2, 3, 10, 50, 200]);
      case "preview_limit":
        return random.whole(0, 200);
      case "fuzzy_match_threshold":
        return random.whole(0, 100) / 100;
      case "brevo_template_id":
        return random.whole(1, 60);
      case "reach_estimate":
      case "min_mails":
        return random.whole(1, 3000);
      case "year":
        return random.whole(2020, 2030);
      case "brevo_message_id":
        return random.chance(0.5) && words.messageIds.length > 0
          ? random.pick(words.messageIds)
          : `<${String(random.whole(1, 1e9))}@mails.example.org>`;
      case "recipients":
        return Array.from({ length: random.whole(1, 6) }, () => this.#recipient(random));
      case "events":
        return Array.from({ length: random.whole(1, 4) }, () => this.#deliveryEvent(random));
      case "audience":
        if (random.chance(0.6)) return { role: "speaker", event: "Data & AI Day 2025" };
        return this.#shaped("find_audience", this.#audience(), random);
      case "params":
        return words.params;
      case "distributions":
        return [{ channel: "print" }, { channel: "linkedin", reach_estimate: 12 }].slice(
          random.whole(0, 1),
        );
      case "note":
        return random.pick(words.notes);
      case "due":
        return random.chance(0.3) ? "2 weeks" : this.#time(random);
      case "text":
        return random.pick(["cfp", "data", "jane", "@example.org", "2026", "zoë van", "lerato"]);
      default:
    }
    const type = Array.isArray(shape.type) ? random.pick(shape.type) : shape.type;
    if (type === "boolean") return random.chance(0.5);
    if (type === "number") return random.whole(0, 100);
    if (type === "null") return null;
    if (type === "array") {
      return Array.from({ length: random.whole(1, 3) }, () =>
        this.#value("", shape.items ?? {}, random),
      );
    }
    // Strangers' words are sound where a text is wanted.
    if (random.chance(0.15)) return random.pick(HOSTILE_TEXTS);
    return `${random.pick(["News", "Reminder", "CFP", "Flyer", "Zoë & co", "سلام"])} ${String(random.whole(1, 400))}`;
  }

  #audience(): Shape {
    const { properties = {} } = this.#tools.get("find_audience")?.inputSchema ?? {};
    const { limit, cursor, ...filters } = properties;
    return { properties: filters };
  }

  #time(random: Choices): string {
    if (random.chance(0.1)) return random.pick(HOSTILE_TIMES);
    const day = `${String(random.whole(2025, 2026))}-0${String(random.whole(1, 9))}-${String(random.whole(10, 28))}`;
    return random.pick([
      day,
      `${day}T14:00`,
      `${day}T23:59:59+02:00`,
      `${day} 03:04:05.678Z`,
      "today",
      "yesterday",
      "-30d",
    ]);
  }

  #recipient(random: Choices): unknown {
    if (random.chance(0.3)) return random.pick(this.#words.contacts);
    const recipient: Arguments = random.chance(0.7)
      ? { contact: random.pick(this.#words.contacts) }
      : { email: `person${String(random.whole(1, 16))}@example.org` };
    if (random.chance(0.1)) recipient["name"] = random.pick(["Ann Onymous", "Thabo Nkosi"]);
    if (random.chance(0.3))
      recipient["brevo_message_id"] = this.#value("brevo_message_id", {}, random);
    if (random.chance(0.3)) recipient["status"] = random.pick(["sent", "opened", "bounced"]);
    if (random.chance(0.2)) recipient["sent_at"] = this.#time(random);
    return recipient;
  }

  #deliveryEvent(random: Choices): unknown {
    const names = ["delivered", "opened", "click", "hard_bounce", "spam", "unsubscribed", "huh"];
    if (random.chance(0.4)) {
      return {
        event: random.pick([...names, "request", "unique_opened", "loadedByProxy", "blocked"]),
        email: this.#value("email", {}, random),
        "message-id": this.#value("brevo_message_id", {}, random),
        ts_event: random.pick([1772000000, 1780000000, "1772000000", 0, -1]),
        tags: ["made-up"],
        reason: random.pick(["mailbox full", "550 no such user", ...HOSTILE_TEXTS]),
        link: "https://example.org/cfp",
      };
    }
    return {
      event: random.pick(names),
      at: this.#time(random),
      ...(random.chance(0.5)
        ? { brevo_message_id: this.#value("brevo_message_id", {}, random) }
        : {
            communication: random.pick(this.#words.communications),
            contact: random.pick(this.#words.contacts),
          }),
      ...(random.chance(0.2) && { reason: random.pick(HOSTILE_TEXTS) }),
    };
  }

  #hostile(random: Choices): unknown {
    return random.pick(
      random.pick([HOSTILE_TEXTS, HOSTILE_TEXTS, HOSTILE_TIMES, HOSTILE_NUMBERS, HOSTILE_VALUES]),
    );
  }

  /** The same arguments with one thing wrong somewhere in them. */
  #broken(given: unknown, random: Choices): unknown {
    if (Array.isArray(given)) {
      if (given.length === 0 || random.chance(0.2)) return [...given, this.#hostile(random)];
      const at = random.whole(0, given.length - 1);
      return given.map((item: unknown, index) =>
        index === at ? this.#broken(item, random) : item,
      );
    }
    if (typeof given !== "object" || given === null) return this.#hostile(random);
    const entries = Object.entries(given);
    const at = random.whole(0, entries.length - 1);
    const [name, value] = entries[at] ?? ["", undefined];
    const without = entries.filter((_, index) => index !== at);
    switch (random.whole(0, 6)) {
      case 0:
        return record(without);
      case 1:
        return record([...entries, [random.pick(HOSTILE_NAMES), this.#hostile(random)]]);
      case 2:
        return record([...without, [`${name}${random.pick(["_id", "_name", "s", " "])}`, value]]);
      case 3:
        return record([...without, [name, [value, value]]]);
      default:
        return record([
          ...without,
          [name, random.chance(0.5) ? this.#hostile(random) : this.#broken(value, random)],
        ]);
    }
  }

  /** Anything at all, under the names that the tool has. */
  #wild(shape: Shape, random: Choices): unknown {
    if (random.chance(0.1)) return this.#hostile(random);
    return record(
      Object.keys(shape.properties ?? {})
        .filter(() => random.chance(0.5))
        .map((name) => [name, this.#hostile(random)]),
    );
  }

  #tampered(args: Arguments, random: Choices): Arguments {
    const cursor = String(args["cursor"]);
    const at = random.whole(0, cursor.length);
    return {
      ...args,
      cursor: random.pick([
        cursor.slice(0, at) + random.pick(["A", "=", ".", "é", "\u0000", " "]) + cursor.slice(at),
        cursor.slice(0, at),
        cursor.split(".").reverse().join("."),
        `${cursor}.${cursor}`,
        cursor.repeat(20),
      ]),
    };
  }
}

/** An object whose fields may have any name, `__proto__` too. */
function record(entries: readonly (readonly [string, unknown])[]): Arguments {
  const made: Arguments = {};
  for (const [name, value] of entries) {
    Object.defineProperty(made, name, {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return made;
}
