import { createAssetTool } from "../../record/assets/tools/create_asset.ts";
import { listAssetsTool } from "../../record/assets/tools/list_assets.ts";
import { findAudienceTool } from "../../record/audiences/tools.ts";
import { getCampaignTool } from "../../record/campaigns/tools/get_campaign.ts";
import { createCampaignTool } from "../../record/campaigns/tools/create_campaign.ts";
import { listCampaignsTool } from "../../record/campaigns/tools/list_campaigns.ts";
import { updateCampaignTool } from "../../record/campaigns/tools/update_campaign.ts";
import { queryContactHistoryTool } from "../../record/people/tools/query_contact_history.ts";
import { findContactsTool } from "../../record/people/tools/find_contacts.ts";
import { saveContactTool } from "../../record/people/tools/save_contact.ts";
import { eraseContactTool } from "../../record/people/tools/erase_contact.ts";
import { mergeContactsTool } from "../../record/people/tools/merge_contacts.ts";
import { updateEntryTool } from "../../record/corrections/tools/update_entry.ts";
import { recordDeliveryEventsTool } from "../../record/delivery_events/tools.ts";
import { recordDistributionTool } from "../../record/assets/tools/record_distribution.ts";
import { listChangesTool } from "../../record/history/tools/list_changes.ts";
import { undoChangeTool } from "../../record/history/tools/undo_change.ts";
import { createEventTool } from "../../record/events/tools/create_event.ts";
import { getEventTool } from "../../record/events/tools/get_event.ts";
import { updateEventTool } from "../../record/events/tools/update_event.ts";
import { listEventsTool } from "../../record/events/tools/list_events.ts";
import { logPostTool } from "../../record/communications/tools/log_post.ts";
import { listSourcesTool } from "../../record/marketing_sources/tools/list_sources.ts";
import { mapSourceTool } from "../../record/marketing_sources/tools/map_source.ts";
import { queryRecipientsTool } from "../../record/recipients/tools.ts";
import { queryRegistrationsTool } from "../../record/registrations/tools.ts";
import { listNotesTool } from "../../record/notes/tools/list_notes.ts";
import { saveNoteTool } from "../../record/notes/tools/save_note.ts";
import { listSegmentsTool } from "../../record/segments/tools/list_segments.ts";
import { saveSegmentTool } from "../../record/segments/tools/save_segment.ts";
import { removeEntryTool } from "../../record/corrections/tools/remove_entry.ts";
import { cancelSendTool } from "../../sending/tools/cancel_send.ts";
import { confirmSendTool } from "../../sending/tools/confirm_send.ts";
import { prepareSendTool } from "../../sending/tools/prepare_send.ts";
import { logSendTool } from "../../record/communications/tools/log_send.ts";
import { setSuppressionTool } from "../../record/suppressions/tools.ts";
import { syncDeliveryEventsTool } from "../../sending/tools/sync_delivery_events.ts";
import { listTemplatesTool } from "../../sending/tools/list_templates.ts";
import { queryOutreachTimelineTool } from "../../record/timeline/tools.ts";
import { listSessionsTool } from "../../record/sessions/tools/list_sessions.ts";
import { querySpeakersTool } from "../../record/sessions/tools/query_speakers.ts";
import { queryAttendanceTool } from "../../record/attendance/tools.ts";
import { askDatabaseTool } from "../../record/asking/tools.ts";
import { exportAnswerTool } from "../../taking_away/tools/export_answer.ts";
import { exportReportTool } from "../../report/tools.ts";
import { allOf, type ToolsBySet } from "../tools_by_set.ts";
import { exportFolder } from "./export_folder.ts";
import { eventReader, isConfirmedByAssistant, setUpSending } from "./mail.ts";

/** Every tool of the outreach server, by toolset. */
export const OUTREACH_TOOLSETS = {
  record: [
    createEventTool,
    updateEventTool,
    createCampaignTool,
    updateCampaignTool,
    logSendTool,
    logPostTool,
    createAssetTool,
    recordDistributionTool,
    recordDeliveryEventsTool(eventReader),
    mapSourceTool,
    saveNoteTool,
    saveSegmentTool,
    updateEntryTool,
    removeEntryTool,
    undoChangeTool,
  ],
  people: [findContactsTool, saveContactTool, mergeContactsTool, eraseContactTool],
  send: [
    prepareSendTool(setUpSending),
    confirmSendTool(setUpSending),
    cancelSendTool,
    syncDeliveryEventsTool(setUpSending),
    setSuppressionTool(isConfirmedByAssistant),
    listTemplatesTool(setUpSending),
  ],
  ask: [
    listEventsTool,
    getEventTool,
    listCampaignsTool,
    getCampaignTool,
    queryOutreachTimelineTool,
    queryRecipientsTool,
    queryContactHistoryTool,
    listAssetsTool,
    findAudienceTool,
    listSegmentsTool,
    queryRegistrationsTool,
    listSourcesTool,
    listChangesTool,
    listNotesTool,
    listSessionsTool,
    querySpeakersTool,
    queryAttendanceTool,
    askDatabaseTool,
    exportAnswerTool(exportFolder),
    exportReportTool(exportFolder),
  ],
} satisfies ToolsBySet;

/** The same in one list. */
export const OUTREACH_TOOLS = allOf(OUTREACH_TOOLSETS);
