import { createHash } from "node:crypto";
import { ToolError } from "../../mcp/errors.ts";
import { plain } from "../../mcp/render.ts";
import { asId, chooseOne } from "../../conventions/references/choose.ts";
import { sameName, words } from "../../words/names.ts";
import type { MailTemplate } from "../mail_service/mail_service.ts";
import { isKnownSource } from "../prepare/sources.ts";
import { asking, type Sending } from "../setup.ts";
import { mergeTemplates, type Template } from "./merge.ts";
import { readRegistry, type RegisteredTemplate } from "./registry.ts";

/** A template that was chosen, as the organiser describes it and as the mail service has it. */
export interface ChosenTemplate {
  template: Template;
  content: MailTemplate;
}

/** All templates, the organiser's words merged with what the mail service has. */
export async function allTemplates(sending: Sending): Promise<Template[]> {
  return (await registeredAndKept(sending)).merged;
}

/**
 * The template that a number, a name or words mean, as long as mails can be sent with it.
 *
 * @throws ToolError that lists candidates or says why it cannot be used
 */
export async function chosenTemplate(sending: Sending, given: string): Promise<ChosenTemplate> {
  const { merged, kept } = await registeredAndKept(sending);
  const id = asId(given);
  const candidates = merged
    .map((template) => ({
      id: template.brevo_template_id,
      name: template.name,
      detail: template.active ? template.description : "switched off",
      rank: rankOf(template, id, given),
      template,
    }))
    .filter(({ rank }) => rank < 9);
  const kind = { argument: "template", lister: "list_templates" };
  const { template } = await chooseOne(kind, given, candidates, () =>
    Promise.resolve(
      merged.map(({ brevo_template_id, name }) => ({
        id: brevo_template_id,
        name,
        detail: "",
        rank: 0,
      })),
    ),
  );
  const content = kept.find((candidate) => candidate.id === template.brevo_template_id);
  if (!content) {
    throw new ToolError(
      `Brevo has no template ${String(template.brevo_template_id)} (${plain(template.name)}), so nothing can be sent with it; list_templates shows which it has.`,
    );
  }
  refuseInactive(content);
  if (template.fault !== null) throw new ToolError(template.fault);
  return { template, content };
}

/** @throws ToolError where nothing can be sent with this template, or it would never arrive */
export function refuseInactive(template: MailTemplate | null): asserts template is MailTemplate {
  if (template === null) {
    throw new ToolError(
      "Brevo does not have this template any more, so nothing can be sent with it.",
    );
  }
  if (!template.isActive) {
    throw new ToolError(
      `The template ${String(template.id)} (${plain(template.name)}) is switched off in Brevo: its mails would be accepted and never arrive. Switch it on there first.`,
    );
  }
  if (template.tooLong !== null) {
    throw new ToolError(
      `The template ${String(template.id)} (${plain(template.name)}) is too long. ${template.tooLong}`,
    );
  }
}

/**
 * Why mails may not go by a template any more, as a sentence; null where it is as it was agreed to.
 *
 * @param digest of the template when a person said yes
 */
export function whyNotAsAgreed(template: MailTemplate | null, digest: string): string | null {
  const again =
    "so the rest was not sent. prepare_send with this communication alone shows it as it is now and asks anew.";
  if (template === null) return `Brevo does not have the template any more, ${again}`;
  if (!template.isActive) {
    return `The template ${String(template.id)} (${plain(template.name)}) was switched off in Brevo, ${again}`;
  }
  if (templateDigest(template) === digest) return null;
  return `The template ${String(template.id)} (${plain(template.name)}) was changed in Brevo since a person said yes to it, ${again}`;
}

/** Tells a template that was changed since from one that was not. */
export function templateDigest({ id, subject, htmlContent }: MailTemplate): string {
  return createHash("sha256")
    .update(JSON.stringify([id, subject, htmlContent]))
    .digest("hex");
}

async function registeredAndKept({ service, templatesFile }: Sending) {
  const [registry, kept] = await Promise.all([
    templatesFile === undefined
      ? Promise.resolve<RegisteredTemplate[]>([])
      : readRegistry(templatesFile),
    asking(service.templates()),
  ]);
  const merged = mergeTemplates(registry, kept).map((template) => {
    const odd = template.parameters.filter(
      ({ source }) => source !== null && !isKnownSource(source),
    );
    return {
      ...template,
      warnings: [
        ...template.warnings,
        ...odd.map(
          ({ name, source }) =>
            `${name} has the source ${source ?? ""}, which is not known here, so the person must be asked for it.`,
        ),
      ],
    };
  });
  return { merged, kept };
}

function rankOf(template: Template, id: number | null, given: string): number {
  if (template.brevo_template_id === id) return 0;
  if (template.names.some((name) => sameName(name, given))) return 1;
  const asked = words(given);
  const all = new Set(template.names.flatMap(words));
  return asked.length > 0 && asked.every((word) => all.has(word)) ? 2 : 9;
}
