import type { Call } from "../../conventions/call.ts";
import { LISTED, asId, chooseOne, type Taken } from "../../conventions/references/choose.ts";
import { taking } from "../../conventions/references/remarks.ts";
import { segmentsMatching, type SegmentCandidate } from "./queries.ts";

/**
 * The segment that an id, a name or words of its name and description mean.
 *
 * @throws ToolError that lists candidates or the nearest segments
 */
export async function oneSegment(
  sql: Call["sql"],
  given: string,
): Promise<SegmentCandidate & Taken> {
  const found = await segmentsMatching(sql, asId(given), given, LISTED + 1);
  const kind = { argument: "segment", lister: "list_segments" };
  return taking(
    sql,
    await chooseOne(kind, given, found, () => segmentsMatching(sql, null, null, 1000)),
  );
}
