import { rate } from "../../mcp/figures.ts";

/** How many of the people reached registered after it, of all of them; null where nobody was reached. */
export function conversion(outcome: {
  after_receiving: number;
  people_reached: number;
}): number | null {
  return rate(outcome.after_receiving, outcome.people_reached);
}
