import type { BatchOutcome, MailRecipient, NewBatch, Params } from "./batch.ts";
import type { MailEvent } from "./events.ts";

/** A parameter that a template uses. */
export interface UsedParameter {
  /** A field of a parameter is `speaker.name`. */
  name: string;
  /** Somewhere it is neither given a default nor asked for by a condition around it. */
  required: boolean;
  /** Stands in the subject, a mail header. */
  inSubject: boolean;
  /** Goes into the mail as HTML. */
  unescaped: boolean;
}

/** A template as the mail service keeps it. Its texts are shown to nobody before they are cleaned. */
export interface MailTemplate {
  id: number;
  name: string;
  subject: string;
  htmlContent: string;
  /** The mails of a template that is switched off never arrive. */
  isActive: boolean;
  /** The same subject for everybody. */
  isSubjectFixed: boolean;
  /** In the order of their first use. */
  parameters: UsedParameter[];
  /** Names that nothing will fill, as they stand there, and what was probably meant. */
  misnamed: { written: string; meant: string }[];
  /** A sentence where a tag in it is never closed; else null. */
  unclosed: string | null;
  /** A sentence where it is too long to be read, so that nothing is sent with it; else null. */
  tooLong: string | null;
}

/** What an account may still send. */
export interface MailAccount {
  /** Mails that may still be sent; null where no number is named. */
  mailsLeft: number | null;
  /** How many mails a day the account sends, where `mailsLeft` is renewed every day; else null. */
  perDay: number | null;
}

/** Somebody to whom the mail service sends nothing. */
export interface BlockedAddress {
  /** In lower case. */
  address: string;
  kind: "hard_bounce" | "spam" | "unsubscribed";
  /** In words for a person. */
  reason: string;
  /** A UTC instant; null where none is told. */
  at: string | null;
}

/** Which events are asked for: of these days in UTC (YYYY-MM-DD, both included), of all mails or a tag's. */
interface EventsAsked {
  from: string;
  to: string;
  tag?: string;
}

/** A mail's subject and text as somebody will receive them, as near as can be told. */
export interface Sample {
  subject: string;
  html: string;
}

/**
 * What sending asks of a mail service. What waits for an answer throws a MailServiceError where none is
 * to be had, but for `send`, whose outcome says so.
 */
export interface MailService {
  /** All templates, switched on or off. */
  templates(): Promise<MailTemplate[]>;
  /** Null where there is none of this number. */
  template(id: number): Promise<MailTemplate | null>;
  /** A template filled for one person; what depends on a condition is shown in full. */
  sample(template: Pick<MailTemplate, "subject" | "htmlContent">, params: Params): Sample;
  account(): Promise<MailAccount>;
  /** To whom nothing is sent. */
  blocked(): AsyncIterable<BlockedAddress>;
  /** Page after page, the oldest first. */
  events(asked: EventsAsked): AsyncIterable<MailEvent[]>;

  /** A name as a mail may bear it. */
  nameInMail(name: string): string;
  /** Why nothing can be sent to an address, in words that follow "has"; undefined where it can. */
  addressFault(email: string): string | undefined;
  /**
   * Why nothing can be sent to somebody, in words that follow "has"; undefined where it can.
   *
   * @param inSubject the parameters that stand in the subject
   */
  recipientFault(recipient: MailRecipient, inSubject: ReadonlySet<string>): string | undefined;
  /**
   * Cuts a list into batches that can be sent; nobody is left out and nobody doubled, and no batch holds
   * a mailbox twice, so that its tag and an address name one person.
   *
   * @throws RangeError for somebody with a fault, who must be left out before
   */
  cut<Recipient extends MailRecipient>(recipients: readonly Recipient[]): Recipient[][];
  /** The exact bytes of a batch; they are kept, as only the same may be sent again. */
  bodyOf(batch: NewBatch): string;
  /** Sends a batch once, and says what became of it. */
  send(batch: { body: string; recipients: number }): Promise<BatchOutcome>;
  /**
   * Minutes after the first attempt within which a batch may be sent again: so long its key is surely
   * remembered, and it would go out twice otherwise.
   */
  readonly repeatMinutes: number;
  /** The mail service's own clock, as its last answer told it: a UTC instant; null where none did. */
  clock(): string | null;
}
