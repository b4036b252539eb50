import { mailbox } from "../words/email_address.ts";
import { addressFault, mailName } from "./addresses.ts";
import type { Json } from "./params.ts";
import type { NewBatch } from "../sending/mail_service/batch.ts";
import { cleaned, hasControlCharacter } from "../sending/mail_service/wording.ts";

/** Somebody as Brevo takes them. */
export interface BrevoRecipient {
  email: string;
  name: string;
  params: { readonly [name: string]: Json };
}

/** The bounds of a batch; sizes in bytes of UTF-8. */
export interface BatchLimits {
  recipients: number;
  /** Of one person's parameters. */
  paramsOfOne: number;
  /** Of all parameters together. */
  paramsTogether: number;
  /** Of the whole body, of which Brevo names no limit (?). */
  body: number;
}

/** Brevo's limits, with its KB read as 1,000 bytes, and room for what surrounds the versions. */
export const BREVO_LIMITS: BatchLimits = {
  recipients: 1000,
  paramsOfOne: 100_000,
  paramsTogether: 1_000_000,
  body: 4_000_000,
};

/** Bytes kept free in a body for the template's number, the tag and the headers. */
const ENVELOPE = 1000;

/**
 * Why nothing can be sent to somebody, in words that follow "has", or undefined.
 *
 * @param inSubject parameters, as `x` or `x.y`, that the template puts into its subject, a mail
 *   header: no line breaks
 */
export function recipientFault(
  recipient: BrevoRecipient,
  inSubject: ReadonlySet<string> = new Set(),
  limits: BatchLimits = BREVO_LIMITS,
): string | undefined {
  const address = addressFault(recipient.email);
  if (address !== undefined) return address;
  if (hasControlCharacter(recipient.name)) return "a name with a line break or control character";
  for (const [name, value] of Object.entries(recipient.params)) {
    if (standsIn(inSubject, name) && holds(value, hasControlCharacter)) {
      return `a line break in the parameter ${name}, which stands in the subject`;
    }
    if (hasControlCharacter(name) || holds(value, hasForbiddenCharacter)) {
      return `a control character in the parameter ${cleaned(name, 60)}`;
    }
  }
  if (paramsSize(recipient) > limits.paramsOfOne) return "parameters of more than 100 KB";
  const alone = versionOf(recipient);
  return bytes(alone) + ENVELOPE > limits.body ? "more than a mail may hold" : undefined;
}

/**
 * Cuts a frozen list into batches, by count and by size; nobody is left out and nobody is doubled.
 *
 * No batch holds a mailbox twice: so a batch's tag and an address in Brevo's events name one person,
 * even where a couple shares the address. The order is kept but for those. The same list gives the
 * same batches.
 *
 * @throws RangeError for somebody with a `recipientFault`, who must be left out before
 */
export function cutBatches<Recipient extends BrevoRecipient>(
  recipients: readonly Recipient[],
  given: Partial<BatchLimits> = {},
): Recipient[][] {
  const limits = within(given);
  const batches: Recipient[][] = [];
  let batch: Recipient[] = [];
  let mailboxes = new Set<string>();
  let size = ENVELOPE;
  let params = 0;
  for (const recipient of inRounds(recipients)) {
    refuseFaulty(recipient, limits);
    const versionSize = bytes(versionOf(recipient)) + 1;
    const ofParams = paramsSize(recipient);
    const box = mailbox(recipient.email);
    if (
      batch.length >= limits.recipients ||
      mailboxes.has(box) ||
      size + versionSize > limits.body ||
      params + ofParams > limits.paramsTogether
    ) {
      batches.push(batch);
      batch = [];
      mailboxes = new Set();
      size = ENVELOPE;
      params = 0;
    }
    batch.push(recipient);
    mailboxes.add(box);
    size += versionSize;
    params += ofParams;
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}

/** What a batch's body is made of; Brevo knows its key for 15 minutes at least (?). */
export interface Batch extends Omit<NewBatch, "recipients"> {
  recipients: readonly BrevoRecipient[];
}

/**
 * The body of a batch: one version a person, so that nobody sees another's address. The same batch
 * gives the same bytes, in whatever order its parameters come.
 *
 * @throws RangeError for what Brevo would refuse or a mail header could not hold
 */
export function batchBody(batch: Batch, given: Partial<BatchLimits> = {}): string {
  const { template, tag, key, recipients } = batch;
  const limits = within(given);
  if (!Number.isSafeInteger(template) || template < 1) {
    throw new RangeError("A template's number is a positive integer.");
  }
  if (!/^[\w.:-]{1,64}$/u.test(tag)) throw new RangeError("A tag has up to 64 plain characters.");
  if (!/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/iu.test(key)) {
    throw new RangeError("An idempotency key is a UUID.");
  }
  if (recipients.length < 1 || recipients.length > limits.recipients) {
    throw new RangeError(`A batch has 1 to ${limits.recipients} recipients.`);
  }
  recipients.forEach((recipient) => refuseFaulty(recipient, limits));
  if (
    recipients.reduce((sum, recipient) => sum + paramsSize(recipient), 0) > limits.paramsTogether
  ) {
    throw new RangeError("The parameters of a batch are too large together.");
  }
  const body = `{"templateId":${template},"messageVersions":[${recipients.map(versionOf).join(",")}],"tags":${JSON.stringify([tag])},"headers":${JSON.stringify({ idempotencyKey: key })}}`;
  if (bytes(body) > limits.body) throw new RangeError("The body of a batch is too large.");
  return body;
}

/** A recipient's version as JSON. Brevo refuses an empty name and empty parameters, so they are left out. */
function versionOf({ email, name, params }: BrevoRecipient): string {
  const shown = mailName(name);
  return JSON.stringify({
    to: [{ email, ...(shown === "" ? {} : { name: shown }) }],
    ...(Object.keys(params).length === 0 ? {} : { params: inOrder(params) }),
  });
}

/** First everybody's first mail to a mailbox, then the second ones to the same, and so on. */
function inRounds<Recipient extends BrevoRecipient>(recipients: readonly Recipient[]): Recipient[] {
  const seen = new Map<string, number>();
  const rounds: Recipient[][] = [];
  for (const recipient of recipients) {
    const box = mailbox(recipient.email);
    const round = seen.get(box) ?? 0;
    seen.set(box, round + 1);
    (rounds[round] ??= []).push(recipient);
  }
  return rounds.flat();
}

function refuseFaulty(recipient: BrevoRecipient, limits: BatchLimits): void {
  const fault = recipientFault(recipient, undefined, limits);
  if (fault !== undefined) throw new RangeError(`A recipient has ${fault}.`);
}

/** Limits may be set lower than Brevo's, never higher. */
function within(given: Partial<BatchLimits>): BatchLimits {
  const limits = { ...BREVO_LIMITS };
  for (const name of Object.keys(limits) as (keyof BatchLimits)[]) {
    limits[name] = Math.min(limits[name], given[name] ?? limits[name]);
  }
  if (!(limits.recipients >= 1)) throw new RangeError("A batch has at least one recipient.");
  return limits;
}

function inOrder(value: Json): Json {
  if (isList(value)) return value.map(inOrder);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, item]) => [name, inOrder(item)]),
  );
}

function standsIn(inSubject: ReadonlySet<string>, name: string): boolean {
  return [...inSubject].some((used) => used === name || used.startsWith(`${name}.`));
}

/** Line breaks and tabs are text of a mail's body; other control characters are in no text. */
function hasForbiddenCharacter(text: string): boolean {
  return /[^\P{Cc}\t\n\r]|\p{Cs}/u.test(text);
}

/** Whether any text in a value, or any name in it, is of a kind. */
function holds(value: Json, kind: (text: string) => boolean): boolean {
  if (typeof value === "string") return kind(value);
  if (isList(value)) return value.some((item) => holds(item, kind));
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(
    ([name, item]) => hasControlCharacter(name) || holds(item, kind),
  );
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function paramsSize({ params }: BrevoRecipient): number {
  return Object.keys(params).length === 0 ? 0 : bytes(JSON.stringify(params));
}

function bytes(text: string): number {
  return Buffer.byteLength(text, "utf8");
}
