/** The text of a settings file cannot be changed as it is; the message says where and what is wrong, in words that follow the file's name. */
export class Unreadable extends Error {
  override readonly name = "Unreadable";
}

/** How a kind of settings file is read and changed. Texts have no byte order mark. */
export interface SettingsFormat {
  /**
   * All that a text says.
   *
   * @throws Unreadable
   */
  read(text: string): Record<string, unknown>;
  /** The text with an entry put in place of the one of that name, or at the end; with null, without it. */
  change(text: string, key: string, name: string, entry: Record<string, unknown> | null): string;
}

/** The servers that settings name, by their names. */
export function serversIn(
  settings: Record<string, unknown>,
  key: string,
): Record<string, Record<string, unknown>> {
  const servers = settings[key];
  if (servers === undefined) return {};
  if (isRecord(servers)) {
    return Object.fromEntries(
      Object.entries(servers).filter((named): named is [string, Record<string, unknown>] =>
        isRecord(named[1]),
      ),
    );
  }
  throw new Unreadable(`has under ${key} something else than servers by their names`);
}

/**
 * A settings text with one entry changed and all else as it was, comments too.
 *
 * @throws Unreadable where that cannot be done, also where the result would not say exactly that
 */
export function changed(
  format: SettingsFormat,
  text: string,
  key: string,
  name: string,
  entry: Record<string, unknown> | null,
): string {
  const before = format.read(text);
  if (entry === null && serversIn(before, key)[name] === undefined) return text;
  const result = format.change(text, key, name, entry);
  const after = format.read(result);
  const wanted = entry ?? undefined;
  if (
    canonical(serversIn(after, key)[name]) !== canonical(wanted) ||
    canonical(others(after, key, name)) !== canonical(others(before, key, name))
  ) {
    throw new Unreadable(`keeps ${key} in a form that is not changed safely`);
  }
  return result;
}

function others(settings: Record<string, unknown>, key: string, name: string) {
  const servers = { ...serversIn(settings, key) };
  Reflect.deleteProperty(servers, name);
  return { ...settings, [key]: servers };
}

/** Equal for equal settings, whatever the order of their keys. */
function canonical(value: unknown): string {
  return JSON.stringify([value], (_, part: unknown) => {
    if (typeof part === "bigint") return String(part);
    if (!isRecord(part)) return part;
    return Object.fromEntries(
      Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)),
    );
  });
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
