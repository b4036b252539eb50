/** A number of things: `1 asset`, `2 assets`, `3 people`. */
export function counted(count: number, one: string, several = `${one}s`): string {
  return `${String(count)} ${count === 1 ? one : several}`;
}

/** A number as it is read: `1,438`. */
export function numbered(count: number): string {
  return count.toLocaleString("en-US");
}
