import { createHash } from "node:crypto";
import { readRegistry, type RegisteredTemplate } from "../brevo/templates/registry.ts";
import type { BrevoTemplate } from "../brevo/resources.ts";
import { mergeTemplates, type Template } from "../brevo/templates/merge.ts";
import { ToolError } from "../mcp/errors.ts";
import { plain } from "../mcp/render.ts";
import { asId, chooseOne } from "../conventions/references/choose.ts";
import { sameName, words } from "../words/names.ts";
import { asking, type MailService } from "./mail_service.ts";
import { isKnownSource } from "./prepare/values.ts";

/** A template that was chosen, as the organiser describes it and as Brevo has it. */
export interface ChosenTemplate {
  template: Template;
  content: BrevoTemplate;
}

/** All templates, the organiser's words merged with what Brevo has. */
export async function allTemplates(service: MailService): Promise<Template[]> {
  return (await read(service)).merged;
}

/**
 * The template that a number, a name or words mean, as long as mails can be sent with it.
 *
 * @throws ToolError that lists candidates or says why it cannot be used
 */
export async function chosenTemplate(service: MailService, given: string): Promise<ChosenTemplate> {
  const { merged, kept } = await read(service);
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
  return { template, content };
}

/** @throws ToolError where mails with this template would be accepted and never arrive */
export function refuseInactive(template: BrevoTemplate | null): asserts template is BrevoTemplate {
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
}

/** Tells a template that was changed since from one that was not. */
export function templateDigest({ id, subject, htmlContent }: BrevoTemplate): string {
  return createHash("sha256")
    .update(JSON.stringify([id, subject, htmlContent]))
    .digest("hex");
}

async function read({ client, options }: MailService) {
  const [registry, kept] = await Promise.all([
    options.templatesFile === undefined
      ? Promise.resolve<RegisteredTemplate[]>([])
      : asking(readRegistry(options.templatesFile)),
    asking(client.templates()),
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
            `${name} has the source ${source ?? ""}, which is not known here, so it is asked for.`,
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
