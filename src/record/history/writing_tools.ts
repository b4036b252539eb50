import { ToolError } from "../../mcp/errors.ts";
import { plain } from "../../mcp/render.ts";
import { nearest } from "../../words/nearest.ts";

/** The tools of both servers whose calls can be changes. */
export const WRITING_TOOLS: readonly string[] = [
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
  "save_contact",
  "merge_contacts",
  "erase_contact",
  "prepare_send",
  "confirm_send",
  "cancel_send",
  "sync_delivery_events",
  "set_suppression",
  "import_quicket_registrations",
  "import_quicket_checkins",
  "import_walkup_registrations",
  "import_sessionize_data",
  "import_speaker_ratings",
];

/** @throws ToolError with the nearest name, where no tool of this name writes to the record */
export function refuseNoWriter(tool: string): void {
  if (WRITING_TOOLS.includes(tool)) return;
  throw new ToolError(
    `No tool "${plain(tool)}" writes to the record, so it made no change${nearest(tool, WRITING_TOOLS)}.`,
  );
}
