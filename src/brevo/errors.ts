import { MailServiceError } from "../sending/mail_service/errors.ts";

/**
 * Why something asked of Brevo could not be had. The message is a sentence for a person and never
 * holds the key.
 */
export class BrevoError extends MailServiceError {
  override readonly name = "BrevoError";
  readonly kind: BrevoErrorKind;
  /** Of `rate_limited`: seconds after which asking again makes sense. */
  readonly waitSeconds: number | null;
  constructor(kind: BrevoErrorKind, message: string, waitSeconds: number | null = null) {
    super(message);
    this.kind = kind;
    this.waitSeconds = waitSeconds;
  }
}

export type BrevoErrorKind =
  "key" | "permission" | "rate_limited" | "unreachable" | "not_found" | "refused" | "unreadable";
