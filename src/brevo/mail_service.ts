import type { MailService, MailTemplate } from "../sending/mail_service/mail_service.ts";
import { addressFault, mailName } from "./addresses.ts";
import { batchBody, cutBatches, recipientFault } from "./batches.ts";
import { createBrevoClient } from "./client.ts";
import { brevoConfiguration } from "./configuration.ts";
import { readBrevoEvent } from "./events.ts";
import { nestedParams } from "./params.ts";
import type { BrevoTemplate } from "./resources.ts";
import { numbered } from "../words/counts.ts";
import { readTemplateText } from "./templates/reading.ts";
import { sampleOf } from "./templates/sample.ts";

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
    account: () => client.account(),
    blocked: () => client.blockedContacts(),
    events: async function* ({ from, to, tag }) {
      const days = { startDate: from, endDate: to };
      for await (const page of client.events(tag === undefined ? days : { ...days, tag })) {
        yield page.flatMap((event) => readBrevoEvent(event) ?? []);
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
    bodyOf: ({ recipients, ...batch }) =>
      batchBody({
        ...batch,
        recipients: recipients.map((one) => ({ ...one, params: nestedParams(one.params) })),
      }),
    clock: () => client.clock(),
    send: async (batch) => {
      const outcome = await client.sendBatch(batch);
      if (outcome.kind !== "paused") return outcome;
      return { kind: "paused", isQuota: outcome.cause === "quota", reason: outcome.reason };
    },
    repeatMinutes: REPEAT_MINUTES,
  };
}

/** Far above what a mail program shows of a mail; a page with pictures written into it may be longer. */
const LONGEST_TEMPLATE = 1_000_000;

/** A template with what can be read from its text; Brevo lists its parameters nowhere. */
export function described(template: BrevoTemplate): MailTemplate {
  const length = template.subject.length + template.htmlContent.length;
  const isTooLong = length > LONGEST_TEMPLATE;
  const { parameters, misnamed, unclosed } = isTooLong
    ? readTemplateText("", "")
    : readTemplateText(template.subject, template.htmlContent);
  return {
    ...template,
    isSubjectFixed: !/\{\{|\{%/u.test(template.subject),
    parameters,
    misnamed: misnamed.map(({ written, meant }) => ({
      written: `{{${written}}}`,
      meant: `{{${meant}}}`,
    })),
    unclosed: unclosed ? "A {{ or {% in it is never closed." : null,
    tooLong: isTooLong
      ? `It has ${numbered(length)} characters, and more than ${numbered(LONGEST_TEMPLATE)} are not read, so nothing can be sent with it from here.`
      : null,
  };
}
