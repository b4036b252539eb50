/** A number of things: `1 asset`, `2 assets`, `3 people`. */
export function counted(count: number, one: string, several = `${one}s`): string {
  return `${String(count)} ${count === 1 ? one : several}`;
}
