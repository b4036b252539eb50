import { readFile } from "node:fs/promises";
import path from "node:path";
import * as z from "zod";
import { ToolError } from "../../mcp/errors.ts";
import { placeOfFault } from "./json_place.ts";
import { cleaned } from "../mail_service/wording.ts";

/** How a date is written: by Luxon's tokens or, without them, in full as the language has it. */
export interface DateFormat {
  format?: string | undefined;
  /** A BCP 47 tag; undefined: American English. */
  locale?: string | undefined;
}

/** A parameter as the organiser describes it. */
interface RegisteredParameter extends DateFormat {
  name: string;
  description: string;
  /** Where its value comes from, as `contacts.first_name`; null where it is asked for. */
  source: string | null;
  /** Null where the registry does not say. */
  required: boolean | null;
}

/** A template as the organiser describes it. */
export interface RegisteredTemplate {
  brevo_template_id: number;
  name: string;
  description: string;
  parameters: RegisteredParameter[];
  /** Why nothing can be sent with it, as a sentence; the others are none the worse. */
  fault?: string;
}

const LARGEST = 5_000_000;

const words = z.string().max(2000).nullish();

// Fields beyond these are the organiser's own and let be.
const registrySchema = z.object({
  templates: z
    .array(
      z.object({
        brevo_template_id: z.number().int().min(1).max(2_147_483_647),
        name: z.string().trim().min(1).max(200),
        description: words,
        parameters: z
          .record(
            z.string().trim().min(1).max(100),
            z.object({
              description: words,
              source: words,
              required: z.boolean().nullish(),
              format: z.string().trim().min(1).max(100).nullish(),
              locale: z.string().trim().min(1).max(40).nullish(),
            }),
          )
          .nullish(),
      }),
    )
    .max(5000),
});

/**
 * Reads the organiser's registry from its file.
 *
 * @throws ToolError that names the file, without its folder, and what is wrong
 */
export async function readRegistry(file: string): Promise<RegisteredTemplate[]> {
  const name = cleaned(path.basename(file), 80);
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const why =
      code === "ENOENT" ? "does not exist" : code === "EISDIR" ? "is a folder" : "cannot be read";
    throw new ToolError(`The template registry ${name} ${why}; OUTREACH_TEMPLATES names it.`);
  }
  return parseRegistry(text, name);
}

/**
 * Reads a registry's text.
 *
 * @param name what the file is called in errors
 * @throws ToolError that says where the text is wrong, unless that is of one template's parameters
 */
export function parseRegistry(text: string, name = "templates.json"): RegisteredTemplate[] {
  const fault = (what: string) => new ToolError(`${name}: ${what}.`);
  if (text.length > LARGEST) throw fault("the file is too large");
  const parsed = registrySchema.safeParse(jsonOf(text, fault), { reportInput: true });
  if (!parsed.success) throw fault(issueOf(parsed.error.issues[0]));
  const seen = new Set<number>();
  return parsed.data.templates.map((template) => {
    const id = template.brevo_template_id;
    if (seen.has(id)) throw fault(`template ${id} is listed twice`);
    seen.add(id);
    const faults: string[] = [];
    const parameters = Object.entries(template.parameters ?? {}).map(([given, parameter]) => {
      // Both spellings are meant, so one is kept.
      const parameterName = cleaned(given.replace(/^params\./u, ""), 100);
      const source = parameter.source?.trim() ?? "";
      const isSource = /^[a-z_]+\.[a-z][a-z0-9_]*$/u.test(source);
      if (source !== "" && !isSource) {
        faults.push(
          `template ${id}, parameter ${parameterName}: the source "${cleaned(source, 60)}" is not known; it may be written like contacts.first_name, or be left out where the value is asked for`,
        );
      }
      const locale = parameter.locale ?? undefined;
      if (locale !== undefined && !isLocale(locale)) {
        faults.push(
          `template ${id}, parameter ${parameterName}: the locale "${cleaned(locale, 40)}" is not known; it may be written like en-GB`,
        );
      }
      return {
        name: parameterName,
        description: cleaned(parameter.description ?? "", 500),
        source: isSource ? source : null,
        required: parameter.required ?? null,
        ...(parameter.format && { format: parameter.format }),
        ...(locale !== undefined && { locale }),
      };
    });
    const names = parameters.map((parameter) => parameter.name);
    const twice = names.find((parameter, index) => names.indexOf(parameter) !== index);
    if (twice !== undefined) faults.push(`template ${id} lists the parameter ${twice} twice`);
    return {
      brevo_template_id: id,
      name: cleaned(template.name, 200),
      description: cleaned(template.description ?? "", 500),
      parameters,
      ...(faults.length > 0 && { fault: `${name}: ${faults.join("; ")}.` }),
    };
  });
}

function isLocale(tag: string): boolean {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(tag).length > 0;
  } catch {
    return false;
  }
}

function jsonOf(text: string, fault: (what: string) => ToolError): unknown {
  const json = text.replace(/^\ufeff/u, "");
  try {
    return JSON.parse(json);
  } catch {
    const { line, column } = placeOfFault(json);
    throw fault(`it is not JSON: look at line ${line}, column ${column}`);
  }
}

function issueOf(issue: z.core.$ZodIssue | undefined): string {
  if (issue === undefined) return "it is not a list of templates";
  const [, position, field, parameter, ...rest] = issue.path;
  if (position === undefined) return 'it must hold {"templates": […]}';
  const where = [
    typeof position === "number" ? `template number ${position + 1}` : "",
    field === undefined
      ? ""
      : field === "parameters" && parameter !== undefined
        ? "parameter"
        : String(field),
    parameter === undefined ? "" : cleaned(String(parameter), 60),
    ...rest.map((step) => cleaned(String(step), 60)),
  ]
    .filter((part) => part !== "")
    .join(", ");
  if (issue.code === "invalid_type") {
    return issue.input === undefined
      ? `${where} is missing`
      : `${where} must be of type ${issue.expected}`;
  }
  return `${where} has a value that is not allowed there`;
}
