/** What is said where a file of the program is no longer there. */
export const PART_MISSING =
  "A part of event-outreach is missing: it was updated or removed while this server ran. Start the server again (quit your assistant and open it anew); if that does not help, install event-outreach again.";

/** Whether an error means that a file of the program is not there. */
export function isPartMissing(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND";
}
