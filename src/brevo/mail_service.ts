import type {
  BlockedAddress,
  MailService,
  MailTemplate,
} from "../sending/mail_service/mail_service.ts";
import { mailbox } from "../words/email_address.ts";
import { addressFault, mailName } from "./addresses.ts";
import { batchBody, cutBatches, recipientFault } from "./batches.ts";
import { createBrevoClient } from "./client.ts";
import { brevoConfiguration } from "./configuration.ts";
import { readBrevoEvent } from "./events.ts";
import { nestedParams } from "./params.ts";
import type { BlockedContact, BrevoTemplate } from "./resources.ts";
import { readTemplateText } from "./templates/reading.ts";
import { sampleOf } from "./templates/sample.ts";

/** What Brevo's free plan sends a day. */
const FREE_PER_DAY = 300;

/** Brevo remembers a key for 15 minutes by one of its pages, 30 by another (?): surely for less. */
const REPEAT_MINUTES = 10;

/**
 * Brevo as the environment sets it up; undefined where it names no key.
 *
 * @throws MailServiceError for what cannot be used
 */
export function brevoMailService(environment: NodeJS.ProcessEnv): MailService | undefined {
  const { apiKey, baseUrl, sendTimeLimit } = brevoConfiguration(environment);
  if (apiKey === undefined) return undefined;
  const client = createBrevoClient({ apiKey, baseUrl, timeLimits: { send: sendTimeLimit } });
  return {
    templates: async () => (await client.templates()).map(described),
    template: async (id) => {
      const template = await client.template(id);
      return template && described(template);
    },
    sample: sampleOf,
    account: async () => {
      const { mailsLeft, daily } = await client.account();
      return { mailsLeft, perDay: daily ? FREE_PER_DAY : null };
    },
    blocked: async function* () {
      for await (const contact of client.blockedContacts()) yield blockedAddress(contact);
    },
    events: async function* ({ from, to, tag }) {
      const days = { startDate: from, endDate: to };
      for await (const page of client.eventPages(tag === undefined ? days : { ...days, tag })) {
        yield page.events.flatMap((event) => readBrevoEvent(event) ?? []);
      }
    },

    nameInMail: mailName,
    addressFault,
    recipientFault: ({ params, ...recipient }, inSubject) => {
      try {
        return recipientFault({ ...recipient, params: nestedParams(params) }, inSubject);
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        return `parameters that contradict each other (${error.message})`;
      }
    },
    cut: (recipients) =>
      cutBatches(
        recipients.map((whole) => ({ ...whole, params: nestedParams(whole.params), whole })),
      ).map((members) => members.map(({ whole }) => whole)),
    bodyOf: ({ template, tag, key, recipients }) =>
      batchBody({
        templateId: template,
        tag,
        idempotencyKey: key,
        recipients: recipients.map((one) => ({ ...one, params: nestedParams(one.params) })),
      }),
    send: async (batch) => {
      const outcome = await client.sendBatch(batch);
      if (outcome.kind !== "paused") return outcome;
      return { kind: "paused", isQuota: outcome.cause === "quota", reason: outcome.reason };
    },
    repeatMinutes: REPEAT_MINUTES,
  };
}

/** A template with what can be read from its text; Brevo lists its parameters nowhere. */
export function described(template: BrevoTemplate): MailTemplate {
  const { parameters, misnamed, unclosed } = readTemplateText(
    template.subject,
    template.htmlContent,
  );
  return {
    ...template,
    isSubjectFixed: !/\{\{|\{%/u.test(template.subject),
    parameters,
    misnamed: misnamed.map(({ written, meant }) => ({
      written: `{{${written}}}`,
      meant: `{{${meant}}}`,
    })),
    unclosed: unclosed ? "A {{ or {% in it is never closed." : null,
  };
}

const KINDS: Record<string, BlockedAddress["kind"]> = {
  hardbounce: "hard_bounce",
  contactflaggedasspam: "spam",
};

const REASONS: Record<string, string> = {
  hardbounce: "hard bounce, by Brevo's block list",
  contactflaggedasspam: "spam complaint, by Brevo's block list",
  adminblocked: "blocked in Brevo by its user",
};

function blockedAddress({ email, blockedAt, code }: BlockedContact): BlockedAddress {
  const name = code.toLowerCase();
  const at = blockedAt === null ? Number.NaN : Date.parse(blockedAt);
  return {
    address: mailbox(email),
    kind: KINDS[name] ?? "unsubscribed",
    reason: REASONS[name] ?? "unsubscribed, by Brevo's block list",
    at: Number.isNaN(at) ? null : new Date(at).toISOString(),
  };
}
