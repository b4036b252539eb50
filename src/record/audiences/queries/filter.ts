/** Who is looked for: null where a filter is not given. Filters combine with "and". */
export interface AudienceFilter {
  /** Where they come from: any of these events. */
  events: readonly number[] | null;
  role: string | null;
  registered: boolean | null;
  attended: boolean | null;
  /** A UTC instant. */
  registeredBefore: string | null;
  registeredFor: readonly number[] | null;
  notRegisteredFor: readonly number[] | null;
  topics: readonly number[] | null;
  receivedCampaign: number | null;
  receivedCommunication: number | null;
  /** Statuses that are asked for instead of "received". */
  receivedStatus: readonly string[] | null;
  opened: boolean | null;
  notReceivedCampaign: number | null;
  notReceivedCommunication: number | null;
  /** A UTC instant. */
  notContactedSince: string | null;
  minMails: number | null;
  /** Which mails `minMails` counts; all of them where these are null. */
  mailsCampaign: number | null;
  mailsEvents: readonly number[] | null;
  /** A UTC instant. */
  mailsSince: string | null;
  /** Words that must all begin a word of the name or the e-mail. */
  text: string | null;
  /** Leaves nobody out, also not who has no e-mail. */
  includeUndeliverable: boolean;
  /** A segment that they are in, by its id. */
  segment: number | null;
  /** A segment that they are not in. */
  notSegment: number | null;
  /** A question that answers them. */
  question: string | null;
}

/** Whom the segments and the question of a filter mean, by id; null where it has none. */
export interface Meant {
  among: readonly number[] | null;
  butNot: readonly number[] | null;
}
