/**
 * A column that a format knows. `name` is what messages call it; `key` the property under which its
 * cells are found.
 */
export interface Column {
  key: string;
  name: string;
  /** The import cannot do without it. */
  required?: true;
  /** What is lost without it: said once, if the file lacks it. */
  loss?: string | ((at: ReadonlyMap<string, number>) => string | undefined);
  /** People are recognised by it: a file is not read without it if another of its columns seems to be it. */
  tellsWho?: true;
  /** The export has it twice, which is nothing to warn of. */
  mayRepeat?: true;
  /** Other names it goes by. */
  aliases?: readonly string[];
  /** It stands in where the file lacks one of these, by key; without them and it nothing is missing. */
  standsInFor?: readonly string[];
  /**
   * What stands in for it where the file lacks it, by key: the column `key` where the file lacks `without`,
   * or where it comes behind `behind` or a second time.
   */
  orElse?: { key: string; without: string; behind: string };
  /**
   * For a question of a form, whose wording is the organiser's: what it asks, in lower case. The first
   * test is the telling one; a later one is tried on what all first ones have left.
   */
  asks?: readonly ((question: string) => boolean)[];
}

/**
 * What Microsoft Forms puts before the questions. Email and Name are those of who is signed in, not of
 * who answers: nobody is, so Email says "anonymous".
 */
export const FORM_COLUMNS: readonly Column[] = [
  { key: "id", name: "ID" },
  { key: "start_time", name: "Start time" },
  { key: "completion_time", name: "Completion time" },
  { key: "account_email", name: "Email" },
  { key: "account_name", name: "Name" },
  { key: "modified_time", name: "Last modified time" },
];

/** The same columns, of which these must be there. */
export function requiring(columns: readonly Column[], ...keys: string[]): Column[] {
  return columns.map((column) =>
    keys.includes(column.key) ? { ...column, required: true } : column,
  );
}

/** What messages call a column; a key that none of them has stands for itself. */
export function columnName(columns: readonly Column[], key: string): string {
  return columns.find((column) => column.key === key)?.name ?? key;
}

/** Where a file has the columns that a format knows. */
export interface Mapping {
  /** Index of the column by its key. */
  at: Map<string, number>;
  /** Columns of the format that the file lacks. */
  missing: Column[];
  /** Names in the file's header that nothing knows, or that nothing is left to be. */
  extra: string[];
  /** Known columns that occur again; the first counts. */
  repeated: Column[];
}

/** A header cell as messages show it: on one line, without byte order marks and no-break spaces. */
export function headerText(cell: string): string {
  return cell
    .replace(/[\s\u00a0\u202f]+/gu, " ")
    .replace(/[\ufeff\u200b]/gu, "")
    .trim();
}

/** Letters and digits only, so that case, spaces, colons and brackets make no difference. */
function plainName(cell: string): string {
  return headerText(cell)
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, "");
}

/**
 * Finds a format's columns in a header: by their names, by their other names, then the questions among the
 * rest.
 */
export function mapColumns(header: readonly string[], columns: readonly Column[]): Mapping {
  const at = new Map<string, number>();
  const again = new Map<Column, number>();
  const taken = new Set<number>();
  const names = header.map(plainName);
  const take = (key: string, index: number) => {
    if (index < 0) return;
    taken.add(index);
    at.set(key, index);
  };
  const byName = new Map(columns.map((column) => [plainName(column.name), column]));
  for (const [index, name] of names.entries()) {
    const column = byName.get(name);
    if (!column) continue;
    taken.add(index);
    if (!at.has(column.key)) at.set(column.key, index);
    else if (!again.has(column)) again.set(column, index);
  }
  for (const { key, aliases = [] } of columns) {
    for (const alias of aliases.map(plainName)) {
      if (at.has(key)) break;
      take(
        key,
        names.findIndex((name, index) => name === alias && !taken.has(index)),
      );
    }
  }
  for (const { key, asks } of byTellingness(columns)) {
    if (at.has(key)) continue;
    take(
      key,
      header.findIndex((cell, index) => !taken.has(index) && asks(headerText(cell).toLowerCase())),
    );
  }
  const lacksAny = (keys: readonly string[]) => keys.some((key) => !at.has(key));
  for (const { key, orElse, standsInFor = [key] } of columns) {
    if (!orElse || at.has(key) || !lacksAny(standsInFor)) continue;
    const index = standIn(orElse, at, again);
    if (index === undefined) continue;
    if (at.get(orElse.key) === index) at.delete(orElse.key);
    at.set(key, index);
  }
  for (const { key, standsInFor } of columns) {
    const index = at.get(key);
    if (!standsInFor || index === undefined || lacksAny(standsInFor)) continue;
    at.delete(key);
    taken.delete(index);
  }
  const inUse = new Set(at.values());
  return {
    at,
    missing: columns.filter(({ key, standsInFor }) => !standsInFor && !at.has(key)),
    extra: header
      .filter((cell, index) => !taken.has(index) && headerText(cell) !== "")
      .map(headerText),
    repeated: [...again].flatMap(([column, index]) => (inUse.has(index) ? [] : [column])),
  };
}

function standIn(
  { key, without, behind }: NonNullable<Column["orElse"]>,
  at: ReadonlyMap<string, number>,
  again: ReadonlyMap<Column, number>,
): number | undefined {
  const second = [...again].find(([column]) => column.key === key)?.[1];
  const first = at.get(key);
  const isBehind = first !== undefined && first > (at.get(behind) ?? Infinity);
  return second ?? (at.has(without) && !isBehind ? undefined : first);
}

/** How many of these cells are known columns of the format. */
export function knownAmong(cells: readonly string[], columns: readonly Column[]): number {
  return mapColumns(cells, columns).at.size;
}

/**
 * What a header lacks that cannot be done without.
 *
 * @param oneOf keys of columns of which one is enough
 */
export function lacking({ at, missing }: Mapping, oneOf: readonly string[]): Column[] {
  const hasOne = oneOf.length === 0 || oneOf.some((key) => at.has(key));
  return missing.filter(({ key, required }) => required ?? (!hasOne && oneOf.includes(key)));
}

function byTellingness(columns: readonly Column[]) {
  const rounds = Math.max(...columns.map(({ asks = [] }) => asks.length));
  return Array.from({ length: rounds }, (_, round) =>
    columns.flatMap(({ key, asks = [] }) =>
      asks.slice(round, round + 1).map((asks) => ({ key, asks })),
    ),
  ).flat();
}
