import type { Excerpt, Facts } from "../assistant.ts";

// What is printed of each answer beside its first line: some of its columns.

export const RECIPIENTS: Excerpt = {
  of: (facts) => list(facts, "recipients").map((row) => words(row, "name", "email", "status")),
  most: 5,
};

export const TIMELINE: Excerpt = {
  of: (facts) =>
    list(facts, "entries").map((entry) => [
      word(entry, "at").slice(0, 16).replace("T", " "),
      ...words(entry, "kind", "title"),
      entry["kind"] === "distribution" ? word(entry, "channel") : people(entry["recipient_count"]),
    ]),
};

export const HISTORY: Excerpt = {
  of: (facts) =>
    list(facts, "people").map((person) => [
      word(person["contact"] as Facts, "email"),
      person["received"] === true ? "yes" : "no",
      list(person, "entries")
        .map((entry) => `${word(entry, "title")} (${word(entry, "status")})`)
        .join(", "),
    ]),
};

export const ASSETS: Excerpt = {
  of: (facts) => list(facts, "assets").map((row) => words(row, "title", "asset_type", "file_url")),
};

export const DISTRIBUTIONS: Excerpt = {
  of: (facts) =>
    list(facts, "assets").flatMap((asset) =>
      list(asset, "distributions").map((distribution) => [
        word(distribution, "distributed_at").slice(0, 16).replace("T", " "),
        place(distribution),
        people(distribution["reach_estimate"]),
      ]),
    ),
};

export const SOURCES: Excerpt = {
  of: (facts) =>
    list(facts, "by_source").map((source) => [
      String(source["registrations"] as number),
      word(source, "marketing_source"),
      source["campaign"] ? `counts for ${word(source["campaign"] as Facts, "name")}` : "",
    ]),
};

export const CHANGES: Excerpt = {
  of: (facts) =>
    Object.entries(facts["changed"] as Record<string, [string, string]>).map(
      ([field, [from, to]]) => [field, `${from} -> ${to}`],
    ),
};

/** Who may be there twice, by their addresses, and what speaks for it. */
export const PAIRS: Excerpt = {
  of: (facts) =>
    list(facts, "pairs").map((pair) => [
      word(pair["a"] as Facts, "name"),
      `${word(pair["a"] as Facts, "email")}, ${word(pair["b"] as Facts, "email")}`,
      (pair["evidence"] as string[]).join(", "),
    ]),
  most: 3,
};

export const PARAMETERS: Excerpt = {
  of: (facts) =>
    list(facts, "templates").map((template) => [word(template, "name"), askedFor(template)]),
};

function askedFor(template: Facts): string {
  const names = list(template, "parameters")
    .filter(({ source, required }) => source === null && required === true)
    .map((parameter) => word(parameter, "name"));
  return names.length === 0 ? "filled from the record" : `asks for ${names.join(", ")}`;
}

/** What the first mails about sessions say of them. */
export const RATINGS: Excerpt = {
  of: (facts) =>
    list(facts["recipients"] as Facts, "sample").map(({ name, params }) => [
      String(name),
      word(params as Facts, "sessionTitle"),
      `topic ${String((params as Facts)["topic"])}, delivery ${String((params as Facts)["talk"])} of 7`,
    ]),
};

export const LEFT_OUT: Excerpt = {
  of: (facts) =>
    list(facts, "excluded").map((group) => [
      word(group, "reason"),
      list(group, "contacts")
        .map((contact) => word(contact, "name"))
        .join(", "),
    ]),
};

/** What somebody received, and what they were left out of. */
export const HISTORY_AND_GAPS: Excerpt = {
  of: (facts) =>
    list(facts, "people").flatMap((person) => [
      ...list(person, "entries").map((mail) => words(mail, "title", "status")),
      ...list(person, "left_out").map((mail) => [
        word(mail, "title"),
        `left out: ${word(mail, "reason")}`,
      ]),
    ]),
};

function list(facts: Facts, name: string): Facts[] {
  return facts[name] as Facts[];
}

function word(row: Facts, column: string): string {
  const value = row[column];
  return typeof value === "string" ? value : "-";
}

function words(row: Facts, ...columns: string[]): string[] {
  return columns.map((column) => word(row, column));
}

function place(distribution: Facts): string {
  return `${word(distribution, "channel")}: ${word(distribution, "notes")}`;
}

function people(count: unknown): string {
  return typeof count === "number" && count > 0 ? `${count.toLocaleString("en")} people` : "";
}
