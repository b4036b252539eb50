import { ToolError } from "../mcp/errors.ts";
import { MailServiceError } from "./mail_service/errors.ts";
import type { MailService } from "./mail_service/mail_service.ts";

/** The mail service, and how sending by it is set up. */
export interface Sending {
  service: MailService;
  /** Path of the organiser's template registry; undefined where there is none. */
  templatesFile: string | undefined;
  /** The assistant is given the confirmation code, as its host asks a person before each call. */
  isConfirmedByAssistant: boolean;
}

/**
 * Gives the tools the mail service, when a call needs it and not before.
 *
 * @throws ToolError that says what to set, where sending is not set up
 */
export type SetUp = () => Promise<Sending>;

/**
 * Asks the mail service.
 *
 * @throws ToolError with its sentence for a person
 */
export async function asking<Result>(
  question: Promise<Result> | (() => Promise<Result>),
): Promise<Result> {
  try {
    return await (typeof question === "function" ? question() : question);
  } catch (error) {
    throw error instanceof MailServiceError ? new ToolError(error.message) : error;
  }
}
