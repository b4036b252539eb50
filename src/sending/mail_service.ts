import { sendingOptions, type SendingOptions } from "../environment.ts";
import { createBrevoClient, type BrevoClient } from "../brevo/client.ts";
import { BrevoConfigurationError } from "../brevo/configuration.ts";
import { BrevoError } from "../brevo/errors.ts";
import { RegistryError } from "../brevo/templates/registry.ts";
import { ToolError } from "../mcp/errors.ts";

/** The way to Brevo, and how it is set up. */
export interface MailService {
  client: BrevoClient;
  options: SendingOptions;
}

/**
 * The way to Brevo.
 *
 * @throws ToolError that says what to set, where it is not set up
 */
export function mailService(): MailService {
  const options = settings();
  if (options.apiKey === undefined) {
    throw new ToolError(
      "Sending is not set up: set BREVO_API_KEY in the environment of this server (in Brevo: Settings, SMTP & API, API keys) and start it again. What is sent by other means is recorded with log_send.",
    );
  }
  const { apiKey, baseUrl, sendTimeLimit } = options;
  return {
    client: createBrevoClient({ apiKey, baseUrl, timeLimits: { send: sendTimeLimit } }),
    options,
  };
}

/**
 * What the environment says about sending.
 *
 * @throws ToolError for what cannot be used
 */
function settings(): SendingOptions {
  try {
    return sendingOptions(process.env);
  } catch (error) {
    throw error instanceof BrevoConfigurationError ? new ToolError(error.message) : error;
  }
}

/**
 * Asks Brevo or reads the registry.
 *
 * @throws ToolError with their sentence for a person
 */
export async function asking<Result>(question: Promise<Result>): Promise<Result> {
  try {
    return await question;
  } catch (error) {
    if (error instanceof BrevoError || error instanceof RegistryError) {
      throw new ToolError(error.message);
    }
    throw error;
  }
}
