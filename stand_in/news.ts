import { invalid, missing, type Answer } from "./answer.ts";
import { shuffled } from "./random.ts";
import type { Happened, Happening, State } from "./state.ts";

/** The event feed's names of what webhooks call otherwise. */
const FEED_NAMES: Record<Happening, string> = {
  request: "requests",
  delivered: "delivered",
  hard_bounce: "hardBounces",
  soft_bounce: "softBounces",
  blocked: "blocked",
  spam: "spam",
  invalid_email: "invalid",
  deferred: "deferred",
  click: "clicks",
  opened: "opened",
  unique_opened: "opened",
  proxy_open: "loadedByProxy",
  unique_proxy_open: "loadedByProxy",
  unsubscribed: "unsubscribed",
  error: "error",
};

/** How the same events are told, for as long as it is set. */
export interface Disorder {
  /** Any order, decided by this seed. */
  shuffle?: number;
  /** Every event twice. */
  doubled?: boolean;
}

/** GET /v3/smtp/statistics/events. */
export function feed(state: State, query: URLSearchParams, disorder: Disorder): Answer {
  const limit = numberIn(query, "limit", 2500, 1, 5000);
  const offset = numberIn(query, "offset", 0, 0, Number.MAX_SAFE_INTEGER);
  const sort = query.get("sort") ?? "desc";
  if (sort !== "asc" && sort !== "desc") throw invalid("sort is not valid");
  const { first, last } = daysOf(state, query);
  const visibleUpTo = state.now() - state.switches.feedDelayMinutes * 60_000;
  const found = state.happened
    .filter((happened) => happened.at <= visibleUpTo)
    .filter(({ at }) => dayOf(state, at) >= first && dayOf(state, at) <= last)
    .filter((happened) => matches(state, happened, query))
    .map((happened, index) => ({ happened, index }))
    .sort((one, other) => one.happened.at - other.happened.at || one.index - other.index)
    .map(({ happened }) => happened);
  if (sort === "desc") found.reverse();
  const page = disordered(found, disorder).slice(offset, offset + limit);
  if (page.length === 0 && state.switches.emptyFeed === "nothing") return { status: 200, body: {} };
  return { status: 200, body: { events: page.map((happened) => feedEntry(state, happened)) } };
}

function daysOf(state: State, query: URLSearchParams): { first: string; last: string } {
  const first = query.get("startDate");
  const last = query.get("endDate");
  if (first === null && last === null) {
    const days = numberIn(query, "days", 30, 1, 90);
    const now = state.now();
    return { first: dayOf(state, now - (days - 1) * 86_400_000), last: dayOf(state, now) };
  }
  if (query.has("days")) throw invalid("days is not compatible with startDate and endDate");
  if (first === null) throw missing("startDate is missing");
  if (last === null) throw missing("endDate is missing");
  for (const [name, day] of [
    ["startDate", first],
    ["endDate", last],
  ] as const) {
    if (!/^\d{4}-\d{2}-\d{2}$/u.test(day) || Number.isNaN(Date.parse(day))) {
      throw invalid(`${name} is not valid`);
    }
  }
  if (first > last) throw invalid("startDate must be lower than endDate");
  if (Date.parse(last) - Date.parse(first) > 90 * 86_400_000) {
    throw invalid("The date range can not exceed 90 days");
  }
  return { first, last };
}

function matches(state: State, { happening, mail }: Happened, query: URLSearchParams): boolean {
  const email = query.get("email");
  const tag = state.switches.tagFilter === "works" ? query.get("tags") : null;
  const wanted: [string | null, string | undefined][] = [
    [email?.toLowerCase() ?? null, mail.email.toLowerCase()],
    [query.get("event"), FEED_NAMES[happening]],
    [query.get("messageId"), mail.messageId],
    [query.get("templateId"), mail.templateId?.toString()],
  ];
  return (
    wanted.every(([asked, has]) => asked === null || asked === has) &&
    // Several tags are known to find nothing.
    (tag === null || mail.tags.includes(tag))
  );
}

function feedEntry(state: State, { happening, mail, at, reason, link }: Happened) {
  const tag = mail.tags[0];
  return {
    date: localIso(state, at),
    email: mail.email.toLowerCase(),
    event: FEED_NAMES[happening],
    messageId: mail.messageId,
    subject: mail.subject,
    ...(tag === undefined
      ? {}
      : { tag: state.switches.feedTag === "json" ? JSON.stringify(mail.tags) : tag }),
    ...(mail.templateId === undefined ? {} : { templateId: mail.templateId }),
    ...(reason === undefined ? {} : { reason }),
    ...(link === undefined ? {} : { link }),
  };
}

/** The payloads that Brevo would post to a webhook for these events. */
export function webhookPayloads(
  happened: readonly Happened[],
  disorder: Disorder = {},
): Record<string, unknown>[] {
  return disordered(happened, disorder).map(({ happening, mail, at, reason, link }) => ({
    id: 4711,
    event: happening,
    email: mail.email.toLowerCase(),
    "message-id": mail.messageId,
    // Local time without its zone: a reader must not believe it.
    date: new Date(at + 7 * 3_600_000).toISOString().slice(0, 19).replace("T", " "),
    ts: Math.floor(at / 1000),
    ts_event: Math.floor(at / 1000),
    ts_epoch: at,
    subject: mail.subject,
    sending_ip: "203.0.113.7",
    tags: mail.tags,
    tag: JSON.stringify(mail.tags),
    template_id: mail.templateId,
    ...(mail.custom === undefined ? {} : { "X-Mailin-custom": mail.custom }),
    ...(reason === undefined ? {} : { reason }),
    ...(link === undefined ? {} : { link }),
    ...(happening === "opened" || happening === "click"
      ? { user_agent: "Mozilla/5.0", device_used: "DESKTOP" }
      : {}),
  }));
}

function disordered(happened: readonly Happened[], { shuffle, doubled }: Disorder): Happened[] {
  const told = doubled === true ? happened.flatMap((one) => [one, one]) : [...happened];
  return shuffle === undefined ? told : shuffled(told, shuffle);
}

function dayOf(state: State, at: number): string {
  return localIso(state, at).slice(0, 10);
}

function localIso(state: State, at: number): string {
  const minutes = state.switches.feedOffsetMinutes;
  const two = (value: number) => String(Math.floor(value)).padStart(2, "0");
  const offset = `${minutes < 0 ? "-" : "+"}${two(Math.abs(minutes) / 60)}:${two(Math.abs(minutes) % 60)}`;
  return `${new Date(at + minutes * 60_000).toISOString().slice(0, 23)}${offset}`;
}

function numberIn(
  query: URLSearchParams,
  name: string,
  usual: number,
  least: number,
  most: number,
): number {
  const given = query.get(name);
  if (given === null) return usual;
  const value = Number(given);
  if (!Number.isInteger(value) || value < least || value > most) {
    throw invalid(`${name} should be a number between ${least} and ${most}`);
  }
  return value;
}
