import { createHash } from "node:crypto";
import { element, html, Html } from "../../mcp/page/html.ts";
import type { Section } from "./parts.ts";
import { STYLE } from "./style.ts";

/** What is taken of the page itself, and nothing else: no script runs, nothing is loaded, no form is sent. */
const POLICY = `default-src 'none'; style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'; base-uri 'none'; form-action 'none'`;

/** A report as one file. */
export function documentOf(
  title: string,
  { header, sections, footer }: { header: Html; sections: readonly Section[]; footer: Html },
): string {
  const head = html(
    new Html('<meta charset="utf-8">'),
    new Html(`<meta http-equiv="Content-Security-Policy" content="${html(POLICY).text}">`),
    new Html('<meta name="viewport" content="width=device-width,initial-scale=1">'),
    new Html('<meta name="referrer" content="no-referrer">'),
    new Html('<meta name="color-scheme" content="light dark">'),
    element("title", {}, title),
    new Html(`<style>${STYLE}</style>`),
  );
  const body = html(
    element("header", {}, header),
    element(
      "main",
      {},
      sections.map((section) =>
        element(
          "section",
          { id: section.name, "aria-labelledby": `${section.name}-name` },
          element("h2", { id: `${section.name}-name` }, section.title),
          section.body,
        ),
      ),
    ),
    element("footer", {}, footer),
  );
  return `<!doctype html>\n<html lang="en"><head>${head.text}</head><body>${body.text}</body></html>\n`;
}
