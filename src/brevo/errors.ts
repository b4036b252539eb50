import { MailServiceError } from "../sending/mail_service/errors.ts";

/**
 * Why Brevo did not answer a question. The message is a sentence for a person and never
 * holds the key.
 */
export class BrevoError extends MailServiceError {
  override readonly name = "BrevoError";
  readonly kind: BrevoErrorKind;
  constructor(kind: BrevoErrorKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

export type BrevoErrorKind =
  "key" | "permission" | "rate_limited" | "unreachable" | "not_found" | "refused" | "unreadable";
