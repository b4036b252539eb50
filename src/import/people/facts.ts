import type { Ledger } from "../procedure/ledger.ts";

/** What became of the file's people, each in one of the three. */
export function contactFacts(ledger: Ledger) {
  return {
    created: ledger.count("contacts", "create"),
    updated: ledger.count("contacts", "update"),
    /** Known, and nothing changed. */
    matched: ledger.count("contacts", "skip"),
  };
}
