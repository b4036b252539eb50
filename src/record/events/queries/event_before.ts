import type { Queryable } from "../../../database/connect.ts";
import type { RecordedEvent } from "./events.ts";

/**
 * The event that another is compared with: the latest of those before it that were held. One of its own
 * series, whose name differs by digits only, comes before all others.
 */
export async function eventBefore(
  sql: Queryable,
  event: number,
): Promise<RecordedEvent | undefined> {
  const [row] = await sql<RecordedEvent[]>`
    SELECT earlier.id, earlier.name::text AS name, earlier.event_date,
           earlier.location::text AS location, earlier.description::text AS description,
           earlier.status::text AS status
    FROM events AS event
    JOIN events AS earlier ON earlier.event_date < event.event_date
    WHERE event.id = ${event} AND earlier.status::text IS DISTINCT FROM 'cancelled'
    ORDER BY regexp_replace(outreach.fold(earlier.name::text), '[0-9]+', '', 'g')
             = regexp_replace(outreach.fold(event.name::text), '[0-9]+', '', 'g') DESC,
             earlier.event_date DESC, earlier.id DESC
    LIMIT 1`;
  return row;
}
