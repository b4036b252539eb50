import { ToolError, oneOf } from "../../mcp/errors.ts";
import { plain } from "../../mcp/render.ts";
import type { Params } from "../mail_service/batch.ts";
import type { TemplateParameter } from "../templates/merge.ts";
import {
  isKnownSource,
  isOfEvent,
  isOver,
  valueOfEvent,
  valueOfReceiver,
  type KnownEvent,
  type Receiver,
} from "./sources.ts";

/** The parameters of a send. */
export interface Values {
  /** What the call gives. */
  given: Params;
  /** The same for everybody. */
  common: Params;
  of(receiver: Receiver): Params;
  /** Which times by which something must be done could not be read, so that they may have passed. */
  warnings: string[];
  /** Required ones that have no value in some of these mails. */
  missing<Mail extends Receiver>(mails: readonly Mail[]): MissingParameter<Mail>[];
  /** Where the values of these mails come from, by parameter: a source, `given`, or one after the other. */
  sources(mails: readonly Receiver[]): Record<string, string>;
}

/** A required parameter, and the mails in which it has no value. */
export interface MissingParameter<Mail> {
  name: string;
  mails: Mail[];
}

/**
 * Resolves a template's parameters from the registry's sources and the call. What the call gives counts
 * before what the event says, and stands in for what is not known of a person or their session.
 *
 * @param given as a model gave it
 * @param allowPast whether a time by which something must be done may be over
 * @throws ToolError for parameters that the template does not have, and values that cannot be sent
 */
export function valuesOf(
  parameters: readonly TemplateParameter[],
  given: Record<string, unknown>,
  known: KnownEvent,
  allowPast = false,
): Values {
  const said = checked(parameters, given);
  const deadlines = parameters.map((parameter) => ({
    parameter,
    isOver: isOver(parameter, said[parameter.name], known),
  }));
  const among = (over: boolean | null) =>
    deadlines.filter((one) => one.isOver === over).map(({ parameter }) => parameter);
  const late = among(true);
  const sourced = parameters.flatMap(({ name, source, format, locale }) =>
    source !== null && isKnownSource(source) ? [{ name, source, format: { format, locale } }] : [],
  );
  const ofEvent = sourced.filter(({ name, source }) => isOfEvent(source) && !isGiven(said, name));
  const ofReceivers = sourced.filter(({ source }) => !isOfEvent(source));
  const common: Record<string, Params[string]> = { ...said };
  const sources = new Map(Object.keys(said).map((name) => [name, "given"]));
  for (const { name, source, format } of ofEvent) {
    const value = clean(valueOfEvent(source, known, format));
    if (value === "") continue;
    common[name] = value;
    sources.set(name, source);
  }
  if (late.length > 0 && !allowPast) throw new ToolError(passedIn(late, common));
  const own = (receiver: Receiver): Params =>
    Object.fromEntries(
      ofReceivers.flatMap(({ name, source, format }) => {
        const value = clean(valueOfReceiver(source, receiver, known.zone, format));
        return value === "" ? [] : [[name, value]];
      }),
    );
  const of = (receiver: Receiver): Params => ({ ...common, ...own(receiver) });
  return {
    given: said,
    common,
    warnings: allowPast ? [] : among(null).map(({ name }) => unread(name, common[name])),
    of,
    missing: (mails) =>
      parameters
        .filter(({ required }) => required)
        .map(({ name }) => ({ name, mails: mails.filter((mail) => !isGiven(of(mail), name)) }))
        .filter(({ mails: lacking }) => lacking.length > 0),
    sources: (mails) => {
      const owns = mails.map(own);
      const all = new Map(sources);
      for (const { name, source } of ofReceivers) {
        const having = owns.filter((params) => name in params).length;
        if (having === 0) continue;
        const fallsBack = having < mails.length && sources.has(name);
        all.set(name, fallsBack ? `${source}, else given` : source);
      }
      return Object.fromEntries(all);
    },
  };
}

function passedIn(late: readonly TemplateParameter[], common: Params): string {
  const times = late.map(({ name, source }) => {
    const from = source === null ? "" : ` (${plain(source)})`;
    return `${plain(name)}${from}: ${plain(String(common[name] ?? ""))}`;
  });
  return `The time has passed of ${times.join("; ")}. Mend it with update_event or params, or, if it is meant so, say allow_past: true.`;
}

function unread(name: string, value: Params[string] | undefined): string {
  return `${plain(name)} "${plain(String(value ?? ""))}" could not be read as a time, so whether it has passed was not checked; look at it before the mail is confirmed.`;
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
function clean(value: Params[string]): Params[string] {
  return typeof value === "string" ? value.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ").trim() : value;
}
