import { decode } from "html-entities";

/** Text in which HTML's entities, such as `&amp;`, are the characters that they stand for. */
export function withoutEntities(text: string): string {
  return text.includes("&") ? decode(text, { scope: "strict" }) : text;
}
