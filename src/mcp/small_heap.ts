import { setFlagsFromString } from "node:v8";

/**
 * Keeps this process small from now on: it waits beside an assistant all day and works for moments,
 * where V8 would let its heap grow as for a busy web server. Long computing gets slower by it, so it
 * is not for imports.
 */
export function keepHeapSmall(): void {
  // New objects keep the room that they have now; they die young, so that more would only lie there.
  setFlagsFromString("--semi-space-growth-factor=1");
  setFlagsFromString("--heap-growing-percent=10");
}
