import * as z from "zod";

/** Fewer answers than these say little. */
const FEW = 5;

/** Means of ratings, with how many people answered; null where nobody said. */
export const ratingsShape = z.object({
  answers: z.number(),
  topic: z.number().nullable(),
  presentation: z.number().nullable(),
});

/** Whether something is rated by so few that the mean says little. */
export function hasFewAnswers(ratings: { answers: number } | null): boolean {
  return ratings !== null && ratings.answers < FEW;
}

/** What ratings mean, for whoever repeats them. */
export const MEANING =
  "topic and presentation are means of 1 to 7, event of what was said of the event in numbers; answers is how many people answered, fewer than 5 say little";
