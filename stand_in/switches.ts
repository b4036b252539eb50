/**
 * How the stand-in behaves where Brevo's behaviour is documented in two ways, or not at all: every
 * doubt (?) is a switch, and what relies on it is tested with it both ways.
 */
export interface Switches {
  /** How long a key is remembered: one page says 30 minutes, another 15. */
  idempotencyMinutes: number;
  /** Whether a request that failed uses its key up, so that its repetition counts as a duplicate. */
  failedRequestUsesKey: boolean;
  /** The code that a repeated key is answered with. */
  duplicateCode: "duplicate_parameter" | "duplicate_request";
  /** Whether ids come in the order of the versions; it is promised nowhere. */
  idOrder: "given" | "shuffled";
  /** What one version alone is answered with. */
  idOfOne: "messageId" | "messageIds";
  /** What becomes of `headers` in a version: adapters send them, the types do not have them. */
  versionHeaders: "kept" | "ignored" | "refused";
  /** What an unknown template number is answered with. */
  unknownTemplate: "document_not_found" | "invalid_parameter";
  /** What happens beyond the day's quota: refused by 402 or 400, or accepted and silently lost. */
  overQuota: "402" | "400" | "dropped";
  /** Whether the account's credits fall as mails are sent, or always show the plan's number. */
  accountCredits: "remaining" | "plan";
  /** Requests an hour to templates and to statistics, each; null for no limit. */
  readsPerHour: number | null;
  /** What the feed's filter by tag does. */
  tagFilter: "works" | "ignored";
  /** How the feed writes a mail's tag. */
  feedTag: "plain" | "json";
  /** Minutes east of UTC of the feed's days and dates. */
  feedOffsetMinutes: number;
  /** How long an event takes until the feed shows it. */
  feedDelayMinutes: number;
  /** Whether a feed without entries leaves `events` out. */
  emptyFeed: "list" | "nothing";
  /** Whether an address that stands twice in a batch gets both mails. */
  sameAddressTwice: "both" | "one";
}

export const DEFAULT_SWITCHES: Switches = {
  idempotencyMinutes: 30,
  failedRequestUsesKey: false,
  duplicateCode: "duplicate_parameter",
  idOrder: "given",
  idOfOne: "messageIds",
  versionHeaders: "kept",
  unknownTemplate: "document_not_found",
  overQuota: "402",
  accountCredits: "remaining",
  readsPerHour: null,
  tagFilter: "works",
  feedTag: "plain",
  feedOffsetMinutes: 0,
  feedDelayMinutes: 0,
  emptyFeed: "list",
  sameAddressTwice: "both",
};

/** The switches turned against the sender: a careful one loses nothing by it. */
export const UNKIND_SWITCHES: Switches = {
  idempotencyMinutes: 15,
  failedRequestUsesKey: true,
  duplicateCode: "duplicate_request",
  idOrder: "shuffled",
  idOfOne: "messageId",
  versionHeaders: "ignored",
  unknownTemplate: "invalid_parameter",
  overQuota: "dropped",
  accountCredits: "plan",
  readsPerHour: 300,
  tagFilter: "ignored",
  feedTag: "json",
  feedOffsetMinutes: 120,
  feedDelayMinutes: 5,
  emptyFeed: "nothing",
  sameAddressTwice: "both",
};
