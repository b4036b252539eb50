import { encode } from "html-entities";
import { counted } from "../../../words/counts.ts";
import { Html, element, html } from "./html.ts";
import type { Params } from "../../mail_service/batch.ts";
import type { Sample } from "../../mail_service/mail_service.ts";

/** What a page shows before a list may go. */
export interface PageContent {
  title: string;
  campaign: string;
  event: string;
  template: { id: number; name: string };
  people: readonly { name: string; email: string }[];
  /** What one of them will receive; null where nobody is on the list. */
  sample: (Sample & { name: string; params: Params }) | null;
  leftOut: readonly { name: string; reason: string }[];
  expiresAt: string;
  /** Whether it may still be confirmed, or what became of it, as a sentence. */
  state: { kind: "open"; formToken: string } | { kind: "over"; sentence: string };
}

const REASONS: Record<string, string> = {
  no_email: "no e-mail address is known",
  invalid_email: "not a valid e-mail address",
  bounced: "mails to this address bounced",
  complained: "reported a mail as spam",
  unsubscribed: "does not want mails",
  already_received: "received this mail already",
  shared_mailbox: "it goes to somebody with the same mailbox",
};

const STYLE = `
body{font:1rem/1.5 system-ui,sans-serif;margin:0 auto;max-width:52rem;padding:1rem;color:#1b1b1b;background:#fff}
h1{font-size:1.6rem}h2{font-size:1.2rem;margin-top:2rem}
table{border-collapse:collapse;width:100%}caption{text-align:left;color:#444}
th,td{text-align:left;padding:.25rem .75rem .25rem 0;border-bottom:1px solid #ccc;overflow-wrap:anywhere;vertical-align:top}
iframe{box-sizing:border-box;width:100%;height:24rem;border:1px solid #767676;background:#fff}
button{font:inherit;font-weight:600;padding:.75rem 1.5rem;color:#fff;background:#0b5c2e;border:2px solid #0b5c2e;border-radius:.4rem}
button:focus-visible{outline:3px solid #1a56c4;outline-offset:2px}
.state{padding:.75rem;border:2px solid #444}
`;

/** The page on which a person reads what would be sent, and says yes to it. */
export function page(content: PageContent): string {
  const { people, leftOut, state, template } = content;
  const count = counted(people.length, "person", "people");
  const body = html(
    element("h1", {}, `Send “${content.title}” to ${count}?`),
    element(
      "p",
      {},
      `Campaign ${content.campaign} of ${content.event}. Template ${String(template.id)}, ${template.name}.`,
    ),
    state.kind === "open"
      ? element(
          "form",
          { method: "post" },
          element(
            "p",
            {},
            `Nothing has been sent. The button sends the mail to everybody listed below; it can be pressed until ${content.expiresAt.replace("T", " ")}. To send nothing, close this page.`,
          ),
          hidden(state.formToken),
          element("button", { type: "submit" }, `Yes, send it to ${count}`),
        )
      : element("p", { class: "state", role: "status" }, state.sentence),
    sampleOf(content),
    element("h2", { id: "list" }, `Who will receive it (${String(people.length)})`),
    table(
      ["Name", "E-mail"],
      people.map(({ name, email }) => [name, email]),
    ),
    element("h2", { id: "left-out" }, `Who was left out (${String(leftOut.length)})`),
    leftOut.length === 0
      ? element("p", {}, "Nobody.")
      : table(
          ["Name", "Why"],
          leftOut.map(({ name, reason }) => [name, REASONS[reason] ?? reason]),
        ),
  );
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${html(`Send “${content.title}”?`).text}</title><style>${STYLE}</style></head><body><main>${body.text}</main></body></html>`;
}

function hidden(token: string): Html {
  return new Html(`<input type="hidden" name="token" value="${encode(token)}">`);
}

function sampleOf({ sample }: PageContent): Html {
  if (!sample) return html();
  const params = Object.entries(sample.params).map(([name, value]) => [name, String(value)]);
  return html(
    element("h2", { id: "sample" }, `What ${sample.name} will receive`),
    element("p", {}, element("strong", {}, "Subject: "), sample.subject),
    // Without permissions: no script of a template runs, and the page's own policy loads nothing.
    element("iframe", {
      sandbox: "",
      title: "The mail, without its pictures",
      srcdoc: sample.html,
    }),
    element(
      "p",
      {},
      "A preview: pictures are not loaded, and what depends on a condition is shown in full.",
    ),
    params.length === 0 ? html() : table(["Parameter", "Value"], params),
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): Html {
  const titles = head.map((cell) => element("th", { scope: "col" }, cell));
  const lines = rows.map((row) => {
    const cells = row.map((cell) => element("td", {}, cell));
    return element("tr", {}, cells);
  });
  return element(
    "table",
    {},
    element("thead", {}, element("tr", {}, titles)),
    element("tbody", {}, lines),
  );
}
