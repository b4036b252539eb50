import { dayOrder, isAmbiguous, localTime, type DayOrder } from "./dates.ts";
import type { Cells } from "./cells.ts";

/** What becomes of a row of which a time cannot be read. */
type Severity = "error" | "warning";

/** A cell that says a time. */
interface TimeCell {
  key: string;
  /** Null where it says nothing, and there is nothing to assign. */
  text: string | null;
  severity: Severity;
  assign: (time: string) => void;
}

interface Pending {
  cells: Cells;
  time: TimeCell;
  text: string;
}

/**
 * Reads the times of a file. One like 3/4/2026 waits for the end of the file, when it is known whether
 * others, like 24/10/2026, say that the day is first.
 */
export class Times {
  readonly #zone: string | undefined;
  #pending: Pending[] = [];

  constructor(zone: string | undefined) {
    this.#zone = zone;
  }

  /** Gives the time to `assign`, now or in {@link settle}, unless it cannot be read. */
  read(cells: Cells, time: TimeCell): void {
    const { text } = time;
    if (text === null) return;
    if (/^\d{1,2}[-/]\d/u.test(text)) this.#pending.push({ cells, time, text });
    else this.#assign({ cells, time, text }, "month first");
  }

  /** Call it when all rows are read. */
  settle(): void {
    const order = dayOrder(this.#pending.map(({ text }) => text));
    const unclear = order ? [] : this.#pending.filter(({ text }) => isAmbiguous(text));
    const [first] = unclear;
    if (first) {
      const others = unclear.length - 1;
      first.cells.warn(
        first.time.key,
        `can be read with the day or the month first${others > 0 ? `, as can ${String(others)} more of the file` : ""}; the month was taken to be first`,
      );
    }
    for (const pending of this.#pending) this.#assign(pending, order ?? "month first");
    this.#pending = [];
  }

  #assign({ cells, time: { key, severity, assign }, text }: Pending, order: DayOrder): void {
    const time = localTime(text, order, this.#zone);
    if (time !== undefined) assign(time);
    else if (severity === "error") {
      cells.error(key, "is not a time I can read; 2026-10-24 08:15:00 would be");
    } else cells.warn(key, "is not a time I can read, and is left out");
  }
}
