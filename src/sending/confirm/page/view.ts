import { buttonForm, documentOf, othersOn, stateOf } from "../../../mcp/page/frame.ts";
import { element, html, type Html } from "../../../mcp/page/html.ts";
import { factOf } from "../../../mcp/page/question_page.ts";
import type { Visit } from "../../../mcp/page/server.ts";
import { quoted } from "../../../mcp/asking/question.ts";
import { counted } from "../../../words/counts.ts";
import { REASONS, type SendQuestion } from "../question.ts";
import type { Params } from "../../mail_service/batch.ts";
import type { Sample } from "../../mail_service/mail_service.ts";

/** What a page shows before a list may go. */
export interface PageContent {
  title: string;
  question: SendQuestion;
  /** What one of them will receive; null where nobody is on the list. */
  sample: (Sample & { name: string; params: Params }) | null;
  expiresAt: string;
  /** What became of the question, as a sentence; null while it may be answered. */
  over: string | null;
}

/** The page on which a person reads what would be sent, and says yes to it. */
export function pageText(content: PageContent, visit: Visit): string {
  const { question, over } = content;
  const { asked, about, notices, people, mails, leftOut } = question;
  const isAboutSessions = mails.some(({ about: session }) => session !== null);
  const to = counted(people.length, "person", "people");
  const count = isAboutSessions ? `${to} (${counted(mails.length, "mail")})` : to;
  const body = html(
    element("h1", {}, asked),
    element("dl", {}, [...about, ...notices].map(factOf)),
    othersOn(visit),
    over === null
      ? buttonForm(
          visit,
          `Nothing has been sent. The button sends the mail to everybody listed below; it can be pressed until ${content.expiresAt.replace("T", " ")}. To send nothing, close this page.`,
          `Yes, send it to ${count}`,
        )
      : stateOf(over),
    sampleOf(content),
    element("h2", { id: "list" }, `Who will receive it (${String(people.length)})`),
    table(
      ["Name", "E-mail", ...(isAboutSessions ? ["Session"] : [])],
      mails.map(({ name, email, about: session }) => [
        name,
        email,
        ...(session === null ? [] : [session]),
      ]),
    ),
    element("h2", { id: "left-out" }, `Who was left out (${String(leftOut.length)})`),
    leftOut.length === 0
      ? element("p", {}, "Nobody.")
      : table(
          ["Name", "Why"],
          leftOut.map(({ name, reason }) => [name, REASONS[reason] ?? reason]),
        ),
  );
  return documentOf(
    `Send “${quoted(content.title)
      .slice(1, -1)
      .replace(/[“”„‟"]/gu, "'")}”?`,
    body,
  );
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
