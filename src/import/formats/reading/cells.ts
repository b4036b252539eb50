import { isExportedAddress, mailbox } from "../../../words/email_address.ts";
import { withoutEntities } from "./entities.ts";
import { columnName, type Column } from "./columns.ts";
import type { Report } from "./report.ts";

/** How an export writes its cells. */
export interface Style {
  /** `-` says that there is nothing. */
  isDashEmpty?: true;
  /** HTML entities stand for characters. */
  hasEntities?: true;
}

/** What the rows of a file have in common. */
interface FileOfRows {
  columns: readonly Column[];
  /** Index of the column by its key. */
  at: ReadonlyMap<string, number>;
  style?: Style;
  report: Report;
}

/** What cleaning changes beside the ends of a cell; few cells hold any of it. */
const UNCLEAN = /[&\r\u00a0\u2007\u202f\ufeff\u200b]/u;

const BREAK = /[\r\n\t\v\f\u0085\u2028\u2029]/u;

/** The cells of one row, by the keys of its format's columns. */
export class Cells {
  readonly row: number;
  readonly #cells: readonly string[];
  readonly #file: FileOfRows;

  constructor(row: number, cells: readonly string[], file: FileOfRows) {
    this.row = row;
    this.#cells = cells;
    this.#file = file;
  }

  /** Whether the file has the column. */
  has(key: string): boolean {
    return this.#file.at.has(key);
  }

  error(key: string, error: string): void {
    this.#file.report.error(this.row, columnName(this.#file.columns, key), error);
  }

  warn(key: string, warning: string): void {
    this.#file.report.warn(this.row, columnName(this.#file.columns, key), warning);
  }

  /** The row is not among the rows, for this reason. */
  leaveOut(reason: string): void {
    this.#file.report.leaveOut(this.row, reason);
  }

  /** Text with its line breaks, trimmed; null if empty. An error if it is longer than `maximum`. */
  text(key: string, maximum: number): string | null {
    const index = this.#file.at.get(key);
    const text = index === undefined ? "" : this.#clean(this.#cells[index] ?? "");
    if (text === "" || (this.#file.style?.isDashEmpty && text === "-")) return null;
    if (text.length > maximum && Array.from(text).length > maximum) {
      this.error(key, `is longer than the ${String(maximum)} characters that can be kept`);
      return null;
    }
    return text;
  }

  /** As {@link text}, on one line. */
  line(key: string, maximum: number): string | null {
    const text = this.text(key, maximum);
    if (text === null || !BREAK.test(text)) return text;
    return text.replace(/\s*[\r\n\t\v\f\u0085\u2028\u2029]+\s*/gu, " ");
  }

  /** In lower case. What is not an address is left out with a warning. */
  email(key: string): string | null {
    const text = this.line(key, 320);
    if (text === null) return null;
    const address = mailbox(mailbox(text).replace(/^mailto:/u, ""));
    if (isExportedAddress(address)) return address;
    this.warn(key, "is not an e-mail address, and is left out");
    return null;
  }

  /**
   * A telephone number without spaces, dashes and brackets. Excel takes one that is not marked as text
   * for a quantity and drops its leading zero or plus: that is put back. What is not a whole telephone
   * number is left out with a warning.
   */
  phone(key: string): string | null {
    const text = this.line(key, 200);
    if (text === null) return null;
    const digits = text.replace(/^'|[\s().\-/]/gu, "").replace(/^00/u, "+");
    const whole = /^27[1-9]\d{8}$/u.test(digits)
      ? `+${digits}`
      : /^[1-9]\d{8}$/u.test(digits)
        ? `0${digits}`
        : digits;
    if (/^(?:\+27[1-9]\d{8}|\+(?!27)[1-9]\d{6,14}|0\d{9,11}|[1-9]\d{9,14})$/u.test(whole))
      return whole;
    this.warn(key, "is not a whole telephone number, and is left out");
    return null;
  }

  /** Yes or no, in the words and figures that spreadsheets have for them; undefined for anything else. */
  yes(key: string): boolean | undefined {
    const text = this.line(key, 200)?.toLowerCase();
    if (text === undefined) return undefined;
    if (/^(?:yes|y|true|1|1\.0)$/u.test(text)) return true;
    return /^(?:no|n|false|0|0\.0)$/u.test(text) ? false : undefined;
  }

  #clean(cell: string): string {
    if (!UNCLEAN.test(cell)) return cell.trim();
    return (this.#file.style?.hasEntities ? withoutEntities(cell) : cell)
      .replace(/[\u00a0\u2007\u202f]/gu, " ")
      .replace(/[\ufeff\u200b]/gu, "")
      .replaceAll("\r\n", "\n")
      .trim();
  }
}
