import { brevoMailService } from "../../brevo/mail_service.ts";
import { filledIn, sendingOptions } from "../../environment.ts";
import type { MailService } from "../../sending/mail_service/mail_service.ts";
import { mergeTemplates } from "../../sending/templates/merge.ts";
import { readRegistry } from "../../sending/templates/registry.ts";
import { counted, numbered } from "../../words/counts.ts";
import { type Finding, finding } from "./finding.ts";

/** Looks at the list of templates and at Brevo, which is asked where a key is set. */
export async function lookAtMail(given: NodeJS.ProcessEnv): Promise<Finding[]> {
  const environment = filledIn(given);
  let service: MailService | undefined;
  const brevo = await finding("Brevo", async () => {
    service = brevoMailService(environment);
    if (service === undefined) {
      const says = "No BREVO_API_KEY is set, so no mail is sent from here; the record works.";
      return [{ name: "Brevo", state: "note", says }];
    }
    return [await credits(service)];
  });
  const isValid = brevo.every(({ state }) => state !== "broken");
  const templates = await finding("Templates", async () => {
    return [await lookAtTemplates(environment, isValid ? service : undefined)];
  });
  return [...brevo, ...templates];
}

async function credits(service: MailService): Promise<Finding> {
  const name = "Brevo";
  const { mailsLeft, perDay } = await service.account();
  if (mailsLeft === null) return { name, state: "ok", says: "The key is valid." };
  const day = perDay === null ? "" : ` today, of ${numbered(perDay)} a day`;
  return {
    name,
    state: mailsLeft > 0 ? "ok" : "note",
    says: `The key is valid; ${numbered(mailsLeft)} ${mailsLeft === 1 ? "mail" : "mails"} can still be sent${day}.`,
  };
}

async function lookAtTemplates(
  environment: NodeJS.ProcessEnv,
  service: MailService | undefined,
): Promise<Finding> {
  const name = "Templates";
  const { templatesFile } = sendingOptions(environment);
  if (templatesFile === undefined)
    return { name, state: "note", says: "There is no list of them." };
  const registry = await readRegistry(templatesFile);
  const listed = `${templatesFile} lists ${counted(registry.length, "template")}`;
  const faults = registry.flatMap(({ fault }) => fault ?? []);
  if (faults.length > 0) return { name, state: "broken", says: faults.join(" ") };
  if (service === undefined) return { name, state: "ok", says: `${listed}.` };
  const kept = await service.templates();
  const unknown = registry.filter(
    ({ brevo_template_id }) => !kept.some(({ id }) => id === brevo_template_id),
  );
  if (unknown.length > 0) {
    const numbers = unknown.map(({ brevo_template_id }) => brevo_template_id).join(", ");
    // The list that comes with the program is an example.
    const state = environment.OUTREACH_TEMPLATES === undefined ? "note" : "broken";
    return { name, state, says: `${listed}, of which Brevo does not have ${numbers}.` };
  }
  const off = mergeTemplates(registry, kept).filter(
    ({ active, brevo_template_id: id }) =>
      !active && registry.some(({ brevo_template_id }) => brevo_template_id === id),
  );
  if (off.length === 0) return { name, state: "ok", says: `${listed}, all known to Brevo.` };
  const numbers = off.map(({ brevo_template_id }) => brevo_template_id).join(", ");
  return { name, state: "note", says: `${listed}, of which ${numbers} are switched off in Brevo.` };
}
