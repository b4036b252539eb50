import { encode } from "html-entities";
import type { Params } from "../../sending/mail_service/batch.ts";
import type { Sample } from "../../sending/mail_service/mail_service.ts";

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
  return text
    .replace(/\{#[\s\S]*?#\}|\{%[\s\S]*?%\}/gu, "")
    .replace(/\{\{([\s\S]*?)\}\}/gu, (_tag, content: string) => {
      const expression = content.replace(/&quot;|&#34;/gu, '"').replace(/&#39;|&apos;/gu, "'");
      const [path = "", ...filters] = expression.split("|").map((part) => part.trim());
      const value = /^params\./u.test(path)
        ? valueAt(params, path.slice("params.".length))
        : undefined;
      if (value !== undefined && value !== "") return written(value);
      const standard = filters
        .map((filter) => /^default\s*:\s*["'“](.*)["'”]$/u.exec(filter)?.[1])
        .find((found) => found !== undefined);
      return written(standard ?? "");
    });
}

function valueAt(params: Params, name: string): string | undefined {
  return Object.hasOwn(params, name) ? String(params[name]) : undefined;
}
