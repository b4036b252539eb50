import type { Calendar } from "../../demo/calendar.ts";
import { storyOf } from "../story.ts";
import type { Task } from "../task.ts";
import { attendance } from "./attendance.ts";
import { mails } from "./mails.ts";
import { notKnown } from "./not_known.ts";
import { orders } from "./orders.ts";
import { people } from "./people.ts";
import { refusals } from "./refusals.ts";
import { sending } from "./sending.ts";
import { sessions } from "./sessions.ts";

const ROOMS = [attendance, sessions, people, mails, notKnown, orders, sending, refusals];

/** Every task, on the days of a calendar. */
export function allTasks(days: Calendar): Task[] {
  const story = storyOf(days);
  return ROOMS.flatMap((tasksOf) => tasksOf(story));
}
