import { randomInt } from "node:crypto";
import { DEFAULT_SWITCHES, type Switches } from "./switches.ts";

/** A template in the stand-in's account. */
export interface StandInTemplate {
  id: number;
  name: string;
  subject: string;
  htmlContent: string;
  isActive: boolean;
}

/** What became of a mail that was accepted. Only one that arrived lies in somebody's mailbox. */
export type Fate =
  "arrived" | "blocked" | "switched_off" | "over_quota" | "sandbox" | "same_address";

/** One person's mail, as it was accepted. */
export interface Mail {
  messageId: string;
  email: string;
  name: string | undefined;
  params: Record<string, unknown>;
  templateId: number | undefined;
  /** The texts with the parameters filled in. */
  subject: string;
  html: string;
  tags: string[];
  /** `X-Mailin-custom`. */
  custom: string | undefined;
  idempotencyKey: string | undefined;
  /** Milliseconds since 1970. */
  acceptedAt: number;
  fate: Fate;
}

/** Webhooks' names of what happens to a mail. */
export type Happening =
  | "request"
  | "delivered"
  | "hard_bounce"
  | "soft_bounce"
  | "blocked"
  | "spam"
  | "invalid_email"
  | "deferred"
  | "click"
  | "opened"
  | "unique_opened"
  | "proxy_open"
  | "unique_proxy_open"
  | "unsubscribed"
  | "error";

export interface Happened {
  happening: Happening;
  mail: Mail;
  /** Milliseconds since 1970. */
  at: number;
  reason: string | undefined;
  link: string | undefined;
}

export interface Blocked {
  email: string;
  blockedAt: number;
  code: string;
}

/** The plan of the stand-in's account. */
export interface Plan {
  type: "free" | "subscription" | "payAsYouGo";
  /** Mails a day for `free`, else mails altogether; null for as many as one likes. */
  credits: number | null;
}

/** Everything the stand-in remembers. */
export class State {
  readonly apiKey: string;
  readonly switches: Switches;
  readonly plan: Plan;
  readonly templates = new Map<number, StandInTemplate>();
  readonly mails: Mail[] = [];
  readonly byMessageId = new Map<string, Mail>();
  readonly happened: Happened[] = [];
  readonly blocked = new Map<string, Blocked>();
  readonly keys = new Map<string, number>();
  /** Mails counted against the plan: by day for `free`, else under "". */
  readonly spent = new Map<string, number>();
  /** Times of the calls that a limit counts, by limit. */
  readonly calls = new Map<string, number[]>();
  readonly now: () => number;
  /** Begins the message ids, which differ between stand-ins as between accounts. */
  readonly serial = randomInt(10_000_000_000, 90_000_000_000);

  constructor(apiKey: string, switches: Partial<Switches>, plan: Plan, now: () => number) {
    this.apiKey = apiKey;
    this.switches = { ...DEFAULT_SWITCHES, ...switches };
    this.plan = plan;
    this.now = now;
  }

  /** Mails that the plan still allows now. */
  left(): number {
    if (this.plan.credits === null) return Infinity;
    return Math.max(0, this.plan.credits - (this.spent.get(this.#period()) ?? 0));
  }

  spend(mails: number): void {
    this.spent.set(this.#period(), (this.spent.get(this.#period()) ?? 0) + mails);
  }

  #period(): string {
    return this.plan.type === "free" ? new Date(this.now()).toISOString().slice(0, 10) : "";
  }

  note(happening: Happening, mail: Mail, details: Partial<Happened> = {}): void {
    this.happened.push({
      happening,
      mail,
      at: details.at ?? this.now(),
      reason: details.reason,
      link: details.link,
    });
    const code = {
      hard_bounce: "hardBounce",
      spam: "contactFlaggedAsSpam",
      unsubscribed: "unsubscribedViaEmail",
    }[happening as string];
    if (code !== undefined) this.block(mail.email, code);
  }

  block(email: string, code: string): void {
    const key = email.toLowerCase();
    if (!this.blocked.has(key)) this.blocked.set(key, { email: key, blockedAt: this.now(), code });
  }
}
