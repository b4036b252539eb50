import { encode } from "html-entities";
import type { Params } from "../../sending/mail_service/batch.ts";
import type { Sample } from "../../sending/mail_service/mail_service.ts";
import { tagsIn } from "./tags.ts";

/**
 * Fills a template for one person; near to what Brevo makes of it, not the same. Outputs and their
 * defaults are filled in; of conditions and loops everything is shown, as only Brevo can decide them.
 */
export function sampleOf(
  template: { subject: string; htmlContent: string },
  params: Params,
): Sample {
  return {
    subject: fill(template.subject, params, (value) => value),
    html: fill(template.htmlContent, params, (value) => encode(value)),
  };
}

function fill(text: string, params: Params, written: (value: string) => string): string {
  const pieces: string[] = [];
  let done = 0;
  for (const tag of tagsIn(text)) {
    if (tag.kind === "unclosed") continue;
    pieces.push(text.slice(done, tag.from));
    if (tag.kind === "output") pieces.push(written(valueOf(tag.content, params)));
    done = tag.to;
  }
  return [...pieces, text.slice(done)].join("");
}

function valueOf(content: string, params: Params): string {
  const expression = content.replace(/&quot;|&#34;/gu, '"').replace(/&#39;|&apos;/gu, "'");
  const [path = "", ...filters] = expression.split("|").map((part) => part.trim());
  const value = path.startsWith("params.") ? valueAt(params, path.slice("params.".length)) : "";
  if (value !== "") return value;
  const standard = filters
    .map((filter) => /^default\s*:\s*["'“](.*)["'”]$/u.exec(filter)?.[1])
    .find((found) => found !== undefined);
  return standard ?? "";
}

function valueAt(params: Params, name: string): string {
  return Object.hasOwn(params, name) ? String(params[name]) : "";
}
