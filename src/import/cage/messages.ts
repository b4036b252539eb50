import type { FileSource } from "../files/open.ts";
import type { Export } from "../formats/export.ts";
import type { ImportType } from "../formats/index.ts";

/** What the process that reads a file is asked. */
export interface Request {
  source: FileSource;
  type: ImportType;
  /** IANA zone, as `readExport` takes it. */
  zone: string | undefined;
}

/** The lists of an export, which are sent in slices. */
export const LISTS = ["rows", "errors", "warnings", "left_out"] as const;
export type List = (typeof LISTS)[number];

/** What it answers, in this order. */
export type Reply =
  /** It runs: if it ends before its last word, the file was too much for it. */
  | { kind: "started" }
  /** Items of a list in JSON, which costs a third of what sending them as values does. */
  | { kind: "slice"; list: List; items: string }
  | { kind: "file"; file: Omit<Export<ImportType>, List> }
  /** Instead of the file: it cannot be read as a table, in a sentence for a person. */
  | { kind: "refused"; message: string }
  /** Instead of the file: a mistake of ours, for the log. */
  | { kind: "failed"; trace: string };
