import { DateTime } from "luxon";
import { ToolError, oneOf } from "../../mcp/errors.ts";
import { plain } from "../../mcp/render.ts";
import type { Candidate, EventValues } from "../queries/candidates.ts";
import type { Params } from "../mail_service/batch.ts";
import type { TemplateParameter } from "../templates/merge.ts";
import type { DateFormat } from "../templates/registry.ts";

/** What a value may be taken from: columns that every organiser's database has. */
const OF_PERSON: Record<string, (person: Candidate) => string> = {
  "contacts.first_name": (person) => person.first_name,
  "contacts.last_name": (person) => person.last_name,
  "contacts.email": (person) => person.email ?? "",
};
const OF_EVENT: Record<string, (event: EventValues, format: DateFormat) => string> = {
  "events.name": (event) => event.name,
  "events.event_date": (event, format) => readableDate(event.event_date, format),
  "events.location": (event) => event.location,
  "events.year": (event) => event.year,
  "events.description": (event) => event.description,
  "events.status": (event) => event.status,
};

/** Whether values can be taken from a source such as `contacts.first_name`. */
export function isKnownSource(source: string): boolean {
  return Object.hasOwn(OF_PERSON, source) || Object.hasOwn(OF_EVENT, source);
}

/** A date as a mail shows it, `March 14, 2026`; what is no date stays as it is. */
function readableDate(date: string, { format, locale = "en-US" }: DateFormat): string {
  const day = DateTime.fromSQL(date, { setZone: true, locale });
  if (!day.isValid) return date;
  return format === undefined ? day.toLocaleString(DateTime.DATE_FULL) : day.toFormat(format);
}

/** The parameters of a send. */
export interface Values {
  /** The same for everybody. */
  common: Params;
  of(person: Candidate): Params;
  /** Required ones that have no value for some of these people. */
  missing(people: readonly Candidate[]): MissingParameter[];
}

/** A required parameter, and the people for whom it has no value. */
export interface MissingParameter {
  name: string;
  people: readonly Candidate[];
}

/**
 * Resolves a template's parameters from the registry's sources and the call. What the call gives counts
 * before what the event says, and stands in for what is not known of a person.
 *
 * @param given as a model gave it
 * @throws ToolError for parameters that the template does not have, and values that cannot be sent
 */
export function valuesOf(
  parameters: readonly TemplateParameter[],
  given: Record<string, unknown>,
  event: EventValues,
): Values {
  const said = checked(parameters, given);
  const sourced = parameters.flatMap(({ name, source, ...format }) =>
    source !== null && isKnownSource(source) ? [{ name, source, format }] : [],
  );
  const common: Record<string, Params[string]> = { ...said };
  for (const { name, source, format } of sourced) {
    const value = clean(OF_EVENT[source]?.(event, format) ?? "");
    if (value !== "" && !isGiven(said, name)) common[name] = value;
  }
  const of = (person: Candidate): Params => {
    const params: Record<string, Params[string]> = { ...common };
    for (const { name, source } of sourced) {
      const value = clean(OF_PERSON[source]?.(person) ?? "");
      if (value !== "") params[name] = value;
    }
    return params;
  };
  return {
    common,
    of,
    missing: (people) =>
      parameters
        .filter(({ required }) => required)
        .map(({ name }) => ({
          name,
          people: people.filter((person) => !isGiven(of(person), name)),
        }))
        .filter(({ people: lacking }) => lacking.length > 0),
  };
}

/** Whether a parameter has a value; its fields count for it: `speaker.name` for `speaker`. */
export function isGiven(params: Params, name: string): boolean {
  return Object.keys(params).some((key) => key === name || key.startsWith(`${name}.`));
}

function checked(parameters: readonly TemplateParameter[], given: Record<string, unknown>): Params {
  const said: Record<string, Params[string]> = {};
  for (const [key, value] of Object.entries(given)) {
    const name = key.replace(/^params\./u, "");
    const parameter = parameters.find(
      (known) => known.name === name || name.startsWith(`${known.name}.`),
    );
    if (!parameter) {
      const known = parameters.map((known) => known.name);
      throw new ToolError(
        `The template has no parameter "${plain(key)}"; ${known.length === 0 ? "it has none" : `it has ${oneOf(known.map(plain))}`}.`,
      );
    }
    if (value === null || value === "") continue;
    if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean") {
      throw new ToolError(`params.${plain(name)} must be a text, a number, or true or false.`);
    }
    if (typeof value === "string" && parameter.in_subject && /[\p{Cc}\p{Zl}\p{Zp}]/u.test(value)) {
      throw new ToolError(
        `params.${plain(name)} stands in the subject of the mail, so it must be one line.`,
      );
    }
    if (typeof value === "string" && value.trim() === "") continue;
    said[name] = value;
  }
  return said;
}

/** A value from the database: strangers' files filled it, and a mail header takes one line. */
function clean(value: string): string {
  return value.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ").trim();
}
