import type { Queryable } from "../../database/connect.ts";
import { ToolError } from "../../mcp/errors.ts";
import { plain } from "../../mcp/render.ts";
import { oneCampaign, type CampaignReference } from "./campaign.ts";

/**
 * The campaign of an event that an id or words mean, for an asset: its campaign is of its event.
 *
 * @throws ToolError that names both events when the campaign is of another, else as `oneCampaign`
 */
export async function campaignOfEvent(
  sql: Queryable,
  given: string,
  event: { id: number; name: string },
): Promise<CampaignReference> {
  try {
    return await oneCampaign(sql, given, [event.id]);
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    const elsewhere = await oneCampaign(sql, given).catch((other: unknown) => {
      if (other instanceof ToolError) return undefined;
      throw other;
    });
    if (!elsewhere || elsewhere.event_id === event.id) throw error;
    throw new ToolError(
      `The campaign ${plain(elsewhere.name)} is of ${plain(elsewhere.event_name)}, not of ${plain(event.name)}; a campaign's asset is of the campaign's event.`,
    );
  }
}
