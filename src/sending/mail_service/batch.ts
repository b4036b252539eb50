/** A parameter's values by its name; `speaker.name` is a field of the parameter `speaker`. */
export type Params = Readonly<Record<string, string | number | boolean>>;

/** Somebody as a send has frozen them. */
export interface MailRecipient {
  email: string;
  name: string;
  params: Params;
}

/** What is sent in one call. */
export interface NewBatch {
  template: number;
  /** Unique to this batch; its mails' events repeat it. Letters, digits, `.`, `_`, `:` and `-`, at most 64. */
  tag: string;
  /** A UUID by which a repetition is recognised. */
  key: string;
  recipients: readonly MailRecipient[];
}

/** What became of a batch that was sent. Every `reason` is a sentence for a person. */
export type BatchOutcome =
  /** Taken; one id for each recipient, in the order given, which need not be that of the answer. */
  | { kind: "accepted"; messageIds: string[] }
  /**
   * The mail service says that it had the key already, and tells no ids: taken, unless an attempt that
   * failed or was taken in part has used the key up.
   */
  | { kind: "repeated"; reason: string }
  /**
   * Perhaps taken: only the same bytes with the same key may be sent again, within `repeatMinutes`.
   * `answer`: there was none that could be read; it was an error, which leaves it open; or it named ids
   * that do not fit the recipients one to one, so that part of them may have been taken.
   */
  | { kind: "unknown"; answer: "none" | "error" | "misfit"; reason: string }
  /** Not taken: the same bytes with the same key may go after this many seconds. */
  | { kind: "rate_limited"; waitSeconds: number; reason: string }
  /** Not taken, and neither will the next batch be: keep everybody queued. */
  | { kind: "paused"; isQuota: boolean; reason: string }
  /** Not taken because of what is in it: the whole batch failed. */
  | { kind: "rejected"; reason: string };
