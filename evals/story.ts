import type { Calendar } from "../demo/calendar.ts";
import { eventName } from "../demo/organiser.ts";
import { truthOf, type Truth } from "./truth.ts";

/** What tasks are made of: the days of the demo's story, what is so in it, and what things are called. */
export interface Story {
  days: Calendar;
  truth: Truth;
  /** The event that the campaigns are for, and the one a year before. */
  next: string;
  last: string;
  /** Names of campaigns. */
  cfp: string;
  saveTheDate: string;
  thanks: string;
  /** Title of the mail that the call for speakers began with. */
  invitation: string;
}

/** The story on the days of a calendar. */
export function storyOf(days: Calendar): Story {
  const year = String(days.years.next);
  return {
    days,
    truth: truthOf(days),
    next: eventName(days.years.next),
    last: eventName(days.years.last),
    cfp: `CFP ${year}`,
    saveTheDate: `Save the date ${year}`,
    thanks: `Thanks ${String(days.years.last)}`,
    invitation: `Speak at ${eventName(days.years.next)}`,
  };
}
