import type { Tool } from "../../mcp/tool.ts";
import type { OutreachCall } from "../call.ts";
import { createAssetTool, listAssetsTool } from "./assets.ts";
import { findAudienceTool } from "./audience.ts";
import { getCampaignTool } from "./campaign_record.ts";
import { createCampaignTool, listCampaignsTool, updateCampaignTool } from "./campaigns.ts";
import { queryContactHistoryTool } from "./contact_history.ts";
import { findContactsTool } from "./contacts.ts";
import { updateEntryTool } from "./corrections.ts";
import { recordDeliveryEventsTool } from "./delivery_events.ts";
import { recordDistributionTool } from "./distributions.ts";
import { createEventTool, listEventsTool } from "./events.ts";
import { logPostTool } from "./posts.ts";
import { queryRecipientsTool } from "./recipients.ts";
import { queryRegistrationsTool } from "./registrations.ts";
import { removeEntryTool } from "./removals.ts";
import { cancelSendTool, confirmSendTool, prepareSendTool } from "./sending.ts";
import { logSendTool } from "./sends.ts";
import { setSuppressionTool } from "./suppressions.ts";
import { syncDeliveryEventsTool } from "./sync.ts";
import { listTemplatesTool } from "./templates.ts";
import { queryOutreachTimelineTool } from "./timeline.ts";

/** Every tool of the outreach server: first what records, in the order a campaign needs it, then what answers. */
export const OUTREACH_TOOLS: readonly Tool<OutreachCall>[] = [
  createEventTool,
  createCampaignTool,
  updateCampaignTool,
  logSendTool,
  logPostTool,
  createAssetTool,
  recordDistributionTool,
  recordDeliveryEventsTool,
  updateEntryTool,
  removeEntryTool,
  prepareSendTool,
  confirmSendTool,
  cancelSendTool,
  syncDeliveryEventsTool,
  setSuppressionTool,
  listTemplatesTool,
  listEventsTool,
  findContactsTool,
  listCampaignsTool,
  getCampaignTool,
  queryOutreachTimelineTool,
  queryRecipientsTool,
  queryContactHistoryTool,
  listAssetsTool,
  findAudienceTool,
  queryRegistrationsTool,
];
