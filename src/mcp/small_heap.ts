import { setFlagsFromString } from "node:v8";

/**
 * Keeps this process small: it waits beside an assistant all day and works for moments, where V8 would
 * let its heap grow as for a busy web server. Long computing gets slower by it, so it is not for imports.
 */
export function keepHeapSmall(): void {
  setFlagsFromString("--optimize-for-size");
  setFlagsFromString("--heap-growing-percent=10");
}
