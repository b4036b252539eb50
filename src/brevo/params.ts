/** A value of JSON. */
export type Json =
  string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/**
 * Parameters as Brevo takes them, from their names: `speaker.name` becomes a field of `speaker`.
 *
 * @throws RangeError where one name is both a value and an object of fields
 */
export function nestedParams(values: { readonly [name: string]: Json }): { [name: string]: Json } {
  const root = new Map<string, unknown>();
  for (const [name, value] of Object.entries(values)) {
    const fields = name.split(".");
    const last = fields.pop() ?? name;
    let at = root;
    for (const field of fields) {
      const inner = at.get(field) ?? new Map<string, unknown>();
      if (!(inner instanceof Map))
        throw new RangeError(`${name} is a field of a parameter that has none.`);
      at.set(field, inner);
      at = inner as Map<string, unknown>;
    }
    if (at.has(last)) throw new RangeError(`${name} is given both as a value and by its fields.`);
    at.set(last, value);
  }
  return plain(root);
}

function plain(values: ReadonlyMap<string, unknown>): { [name: string]: Json } {
  return Object.fromEntries(
    Array.from(values, ([name, value]) => [
      name,
      value instanceof Map ? plain(value) : (value as Json),
    ]),
  );
}
