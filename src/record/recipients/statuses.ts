/** What may be known of a mail to somebody, in the order of a mail's life. */
export const RECIPIENT_STATUSES = [
  "queued",
  "sent",
  "delivered",
  "opened",
  "clicked",
  "bounced",
  "failed",
] as const;

/** A person received a mail when this is their status there; a bounced or failed one did not arrive. */
export const RECEIVED: ReadonlySet<string> = new Set(["sent", "delivered", "opened", "clicked"]);
