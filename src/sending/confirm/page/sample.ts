import { escaped } from "./html.ts";

/** Values by name, as a list froze them. */
export type SampleParams = Readonly<Record<string, unknown>>;

/** A template filled for one person; near to what Brevo makes of it, not the same. */
export interface Sample {
  subject: string;
  html: string;
}

/**
 * Fills a template for one person. Outputs and their defaults are filled in; of conditions and loops
 * everything is shown, as only Brevo can decide them.
 */
export function filled(
  template: { subject: string; htmlContent: string },
  params: SampleParams,
): Sample {
  return {
    subject: fill(template.subject, params, (value) => value),
    html: fill(template.htmlContent, params, escaped),
  };
}

function fill(text: string, params: SampleParams, written: (value: string) => string): string {
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

function valueAt(params: SampleParams, name: string): string | undefined {
  const value = Object.hasOwn(params, name) ? params[name] : undefined;
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? String(value)
    : undefined;
}
