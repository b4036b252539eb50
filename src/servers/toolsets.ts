import type { Toolset } from "../environment.ts";

/** The tools of each group, by name, so that a list can be narrowed before any tool is loaded. */
const TOOLS: Record<Toolset, readonly string[]> = {
  record: [
    "create_event",
    "update_event",
    "create_campaign",
    "update_campaign",
    "log_send",
    "log_post",
    "create_asset",
    "record_distribution",
    "record_delivery_events",
    "map_source",
    "save_note",
    "save_segment",
    "update_entry",
    "remove_entry",
    "undo_change",
  ],
  ask: [
    "list_events",
    "get_event",
    "list_campaigns",
    "get_campaign",
    "query_outreach_timeline",
    "query_recipients",
    "query_contact_history",
    "list_assets",
    "find_audience",
    "list_segments",
    "query_registrations",
    "list_sources",
    "list_changes",
    "list_notes",
    "list_sessions",
    "query_speakers",
    "query_attendance",
    "ask_database",
    "export_answer",
    "export_report",
  ],
  people: ["find_contacts", "save_contact", "merge_contacts", "erase_contact"],
  send: [
    "prepare_send",
    "confirm_send",
    "cancel_send",
    "sync_delivery_events",
    "set_suppression",
    "list_templates",
  ],
  import: [
    "validate_import_data",
    "preview_import",
    "import_quicket_registrations",
    "import_quicket_checkins",
    "import_walkup_registrations",
    "import_sessionize_data",
    "import_speaker_ratings",
  ],
};

const OF_TOOLS = new Map(
  Object.entries(TOOLS).flatMap(([toolset, names]) =>
    names.map((name): [string, Toolset] => [name, toolset as Toolset]),
  ),
);

/**
 * The group that a tool belongs to.
 *
 * @throws Error for a tool that was put into none
 */
export function toolsetOf(tool: string): Toolset {
  const toolset = OF_TOOLS.get(tool);
  if (toolset === undefined) throw new Error(`${tool} belongs to no toolset`);
  return toolset;
}
