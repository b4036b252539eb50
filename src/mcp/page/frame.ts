import { encode } from "html-entities";
import { Html, element, html } from "./html.ts";
import type { Visit } from "./server.ts";

const STYLE = `
body{font:1rem/1.5 system-ui,sans-serif;margin:0 auto;max-width:52rem;padding:1rem;color:#1b1b1b;background:#fff}
h1{font-size:1.6rem}h2{font-size:1.2rem;margin-top:2rem}
table{border-collapse:collapse;width:100%}caption{text-align:left;color:#444}
th,td{text-align:left;padding:.25rem .75rem .25rem 0;border-bottom:1px solid #ccc;overflow-wrap:anywhere;vertical-align:top}
dt{color:#444}dd{margin:0 0 .5rem;font-weight:600;overflow-wrap:anywhere}
iframe{box-sizing:border-box;width:100%;height:24rem;border:1px solid #767676;background:#fff}
button{font:inherit;font-weight:600;padding:.75rem 1.5rem;color:#fff;background:#0b5c2e;border:2px solid #0b5c2e;border-radius:.4rem}
button:focus-visible{outline:3px solid #1a56c4;outline-offset:2px}
.state{padding:.75rem;border:2px solid #444}
`;

/** A whole page in HTML. */
export function documentOf(title: string, body: Html): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${html(title).text}</title><style>${STYLE}</style></head><body><main>${body.text}</main></body></html>`;
}

/** The form with the one button, after what it does. */
export function buttonForm(visit: Visit, what: string, button: string): Html {
  return element(
    "form",
    { method: "post" },
    element("p", {}, what),
    new Html(`<input type="hidden" name="token" value="${encode(visit.formToken)}">`),
    element("button", { type: "submit" }, button),
  );
}

/** What became of a question, once it cannot be answered any more. */
export function stateOf(sentence: string): Html {
  return element("p", { class: "state", role: "status" }, sentence);
}

/** What a person should know of who else was on this page. */
export function othersOn({ others, pressedByAnother }: Visit): Html {
  if (pressedByAnother) {
    return element(
      "p",
      { class: "state" },
      "The button was pressed by another browser or program than this one. If that was not you, take it back at once, and do not trust what runs on this machine.",
    );
  }
  if (others === 0) return html();
  return element(
    "p",
    { class: "state" },
    `${others === 1 ? "Another browser or program has" : `${String(others)} other browsers or programs have`} loaded this page. Its address is yours alone: if that was not you, press nothing.`,
  );
}
