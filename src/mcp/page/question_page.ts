import { element, html, type Html } from "./html.ts";
import { buttonForm, documentOf, othersOn, stateOf } from "./frame.ts";
import { servePage, type ServedPage } from "./server.ts";
import type { Fact, Question } from "../asking/question.ts";

/** A yes that was said on a page and not used yet holds for so many milliseconds. */
const YES_HOLDS = 30 * 60_000;

/** When the yes to a question was said, by the question's name. */
const said = new Map<string, number>();

/** Whether a person said yes to a question on its page; a yes is used once. */
export function takeYes(name: string): boolean {
  const at = said.get(name);
  said.delete(name);
  return at !== undefined && performance.now() - at < YES_HOLDS;
}

/** The page of a question that needs nothing but a yes. */
export async function questionPage(name: string, question: Question): Promise<ServedPage> {
  let isAnswered = false;
  return servePage(name, () => ({
    show: (visit) =>
      Promise.resolve(
        documentOf(
          question.asked,
          html(
            element("h1", {}, question.asked),
            element("dl", {}, ...question.facts.map(factOf)),
            othersOn(visit),
            isAnswered
              ? stateOf("You have said yes. Go back to the assistant: it is done when it goes on.")
              : buttonForm(visit, "Nothing has been done. To leave it so, close this page.", "Yes"),
          ),
        ),
      ),
    press: () => {
      isAnswered = true;
      said.set(name, performance.now());
      return Promise.resolve();
    },
  }));
}

/** A fact with all of its words, each in a place of its own. */
export function factOf({ label, words = [], more = 0 }: Fact): Html {
  return html(
    element("dt", {}, label),
    words.map((one) => element("dd", {}, one)),
    more > 0 ? element("dd", {}, `and ${String(more)} more`) : html(),
  );
}
