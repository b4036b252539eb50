/** What is asked of the event feed. */
export interface EventQuery {
  /** First and last day, YYYY-MM-DD, both included, at most 90 days. Brevo's own days: ask for one more on each side. */
  startDate: string;
  endDate: string;
  /** One tag only: Brevo's filter is known to find nothing for two (?). */
  tag?: string;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/u;

/**
 * The query of the event feed, the oldest first: what is added meanwhile comes last.
 *
 * @throws RangeError for a range that Brevo does not answer
 */
export function eventParameters(query: EventQuery): string {
  const { startDate, endDate, tag } = query;
  const days = DAY.test(startDate) && DAY.test(endDate) ? daysBetween(startDate, endDate) : NaN;
  if (!(days >= 0 && days <= 90)) throw new RangeError("A range of at most 90 days is needed.");
  return new URLSearchParams({
    startDate,
    endDate,
    ...(tag === undefined ? {} : { tags: tag }),
    sort: "asc",
  }).toString();
}

function daysBetween(first: string, last: string): number {
  return (Date.parse(last) - Date.parse(first)) / 86_400_000;
}
