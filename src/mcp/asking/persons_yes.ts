import { createHash } from "node:crypto";
import { ToolError } from "../errors.ts";
import { questionPage, takeYes } from "../page/question_page.ts";
import type { ServedPage } from "../page/server.ts";
import { questionText, type Question } from "./question.ts";
import type { Caller } from "../tool.ts";

/**
 * Asks the person in front of the client, by a form where the client has one, else on a page of their own
 * machine. As for {@link Caller.confirm}, the call may be run again from its start with the answer.
 *
 * @param undone what was not done, as `nothing was removed`
 * @throws ToolError while nobody has answered
 */
export async function personsYes(
  caller: Caller,
  question: Question,
  undone: string,
): Promise<"accepted" | "declined"> {
  const text = questionText(question);
  switch (caller.confirm(text)) {
    case "accepted":
      return "accepted";
    case "declined":
      return "declined";
    case "cancelled":
      throw new ToolError(`The person gave no answer, so ${undone}; ask them before trying again.`);
    case "unavailable":
  }
  const name = createHash("sha256").update(text).digest("hex");
  if (takeYes(name)) return "accepted";
  const page = await questionPage(name, question);
  if (putBefore(caller, page, question.asked) === "declined") return "declined";
  throw new ToolError(
    page.isOpened
      ? `A page is open in front of the person, and nobody has pressed its button yet, so ${undone}. Ask them to look there, then call again.`
      : `A person must say yes first, so ${undone}: on this page of their own machine: ${page.address}. Then call again.`,
  );
}

/**
 * Has the client open a page for the person, so that its address is told to nobody else; a client that
 * cannot leaves {@link ServedPage.isOpened} false.
 *
 * @throws ToolError where the person did not answer the client
 */
export function putBefore(
  caller: Caller,
  page: ServedPage,
  sentence: string,
): "declined" | undefined {
  if (page.isOpened || !caller.opensPages) return undefined;
  switch (caller.open(page.address, sentence)) {
    case "accepted":
      page.isOpened = true;
      return undefined;
    case "declined":
      return "declined";
    case "cancelled":
      throw new ToolError(
        "The person did not open the page on which they are asked; ask them before trying again.",
      );
    case "unavailable":
      return undefined;
  }
}
