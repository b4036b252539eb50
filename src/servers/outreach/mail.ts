import { filledIn, sendingOptions, UnusableSetting } from "../../environment.ts";
import { ToolError } from "../../mcp/errors.ts";
import type { EventReader } from "../../sending/mail_service/events.ts";
import { asking, type Sending } from "../../sending/setup.ts";

/**
 * Sending through Brevo, as the environment sets it up. Brevo is loaded, and its settings are read, at
 * the first call that needs it.
 *
 * @throws ToolError that says what to set, where it is not set up
 */
export async function setUpSending(): Promise<Sending> {
  const service = await asking(
    import("../../brevo/mail_service.ts").then(({ brevoMailService }) =>
      brevoMailService(filledIn(process.env)),
    ),
  );
  if (service === undefined) {
    throw new ToolError(
      "Sending is not set up: set BREVO_API_KEY in the environment of this server (in Brevo: Settings, SMTP & API, API keys) and start it again. What is sent by other means is recorded with log_send.",
    );
  }
  try {
    return { service, ...sendingOptions(process.env) };
  } catch (error) {
    throw error instanceof UnusableSetting ? new ToolError(error.message) : error;
  }
}

/** Reads what Brevo reports of mails; needs no key. */
export async function eventReader(): Promise<EventReader> {
  return (await import("../../brevo/events.ts")).brevoEvents;
}

/** Whether the host's own approval of calls is trusted in place of a person's answer. */
export function isConfirmedByAssistant(): boolean {
  return sendingOptions(process.env).isConfirmedByAssistant;
}
