import type { Call } from "../../conventions/call.ts";
import { ToolError } from "../../mcp/errors.ts";
import { plain } from "../../mcp/render.ts";
import { lockCampaign, type LockedCampaign } from "./queries/campaigns.ts";

/** @throws ToolError for a cancelled campaign */
export function refuseCancelled(campaign: { name: string; status: string }): void {
  if (campaign.status === "cancelled") {
    throw new ToolError(
      `The campaign ${plain(campaign.name)} is cancelled; set it to draft with update_campaign first, or name another.`,
    );
  }
}

/**
 * A campaign that was found before, locked until the transaction ends.
 *
 * @throws ToolError where it is gone by now
 */
export async function lockedCampaign({ sql }: Call, id: number): Promise<LockedCampaign> {
  const campaign = await lockCampaign(sql, id);
  if (!campaign) {
    throw new ToolError(
      "The campaign was removed meanwhile; list_campaigns lists those there are.",
    );
  }
  return campaign;
}
