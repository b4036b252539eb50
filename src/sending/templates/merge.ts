import type { MailTemplate } from "../mail_service/mail_service.ts";
import type { DateFormat, RegisteredTemplate } from "./registry.ts";

/** A parameter of a template: what the organiser says of it, and what the template does with it. */
export interface TemplateParameter extends DateFormat {
  name: string;
  description: string;
  /** As `contacts.first_name`; null where it is asked for. */
  source: string | null;
  required: boolean;
  /** Stands in the subject, so that a line break in it must be refused. */
  in_subject: boolean;
}

/** A template as a person may choose it. */
export interface Template {
  brevo_template_id: number;
  name: string;
  description: string;
  /** The organiser's order first, then that of their use. */
  parameters: TemplateParameter[];
  /** False also where the mail service has no such template: its mails would never arrive. */
  active: boolean;
  warnings: string[];
  /** Why the organiser's list lets nothing be sent with it, as a sentence. */
  fault: string | null;
  /** Every name it goes by: the organiser's and the mail service's. */
  names: string[];
}

/** Merges what the organiser says of their templates with what the mail service has, by number. */
export function mergeTemplates(
  registry: readonly RegisteredTemplate[],
  existing: readonly MailTemplate[],
): Template[] {
  const registered = new Map(registry.map((template) => [template.brevo_template_id, template]));
  const kept = new Map(existing.map((template) => [template.id, template]));
  const ids = new Set([...registered.keys(), ...kept.keys()]);
  return [...ids]
    .sort((one, other) => one - other)
    .map((id) => templateOf(id, registered.get(id), kept.get(id)));
}

function templateOf(
  id: number,
  registered: RegisteredTemplate | undefined,
  kept: MailTemplate | undefined,
): Template {
  const used = kept?.parameters ?? [];
  const listed = registered?.parameters ?? [];
  const parameters: TemplateParameter[] = [
    ...listed.map(({ required, ...parameter }) => {
      const { name } = parameter;
      const uses = used.filter((parameter) => covers(name, parameter.name));
      return {
        ...parameter,
        // Where the organiser does not say, the template does; and unless either does, it is asked for.
        required: required ?? (uses.length === 0 || uses.some((use) => use.required)),
        in_subject: uses.some((use) => use.inSubject),
      };
    }),
    ...used
      .filter(({ name }) => !listed.some((parameter) => covers(parameter.name, name)))
      .map(({ name, required, inSubject }) => ({
        name,
        description: "",
        source: null,
        required,
        in_subject: inSubject,
      })),
  ];
  const names = [registered?.name, kept?.name].filter((name) => name !== undefined && name !== "");
  return {
    brevo_template_id: id,
    name: names[0] ?? `Template ${id}`,
    description: registered?.description ?? "",
    parameters,
    active: kept?.isActive === true,
    warnings: [...(registered?.fault ? [registered.fault] : []), ...warningsOf(registered, kept)],
    fault: registered?.fault ?? null,
    names: [...new Set(names as string[])],
  };
}

function warningsOf(
  registered: RegisteredTemplate | undefined,
  kept: MailTemplate | undefined,
): string[] {
  if (kept === undefined) {
    return ["Brevo has no template of this number, though templates.json lists it."];
  }
  if (kept.tooLong !== null) return [kept.tooLong];
  const used = kept.parameters;
  const listed = registered?.parameters ?? [];
  const unlisted = used.filter(
    ({ name }) => !listed.some((parameter) => covers(parameter.name, name)),
  );
  const unused = listed.filter(
    ({ name }) => !used.some((parameter) => covers(name, parameter.name)),
  );
  const unescaped = used.filter((parameter) => parameter.unescaped);
  return [
    ...(kept.isActive
      ? []
      : ["It is switched off in Brevo: mails sent with it would be accepted and never arrive."]),
    ...kept.misnamed.map(
      ({ written, meant }) =>
        `${written} stands where ${meant} was probably meant; Brevo would leave it empty.`,
    ),
    ...warningAbout(unlisted, "used in Brevo and not listed in templates.json"),
    ...warningAbout(unused, "listed in templates.json and not used in Brevo"),
    ...warningAbout(unescaped, "put into the mail as HTML, unescaped"),
    ...(kept.unclosed === null ? [] : [kept.unclosed]),
  ];
}

/** Whether a listed parameter stands for a used one: `speaker` is listed, `speaker.name` used. */
function covers(listed: string, used: string): boolean {
  return used === listed || used.startsWith(`${listed}.`) || listed.startsWith(`${used}.`);
}

function warningAbout(parameters: readonly { name: string }[], what: string): string[] {
  if (parameters.length === 0) return [];
  const names = parameters.map(({ name }) => name).join(", ");
  return [`${names} ${parameters.length === 1 ? "is" : "are"} ${what}.`];
}
