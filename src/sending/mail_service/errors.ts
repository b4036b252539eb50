/**
 * Something asked of the mail service could not be had, or it is not set up in a way that can be used.
 * The message is a sentence for a person and holds no secret.
 */
export class MailServiceError extends Error {
  override readonly name: string = "MailServiceError";
}
