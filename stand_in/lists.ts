import { Refusal, invalid, type Answer } from "./answer.ts";
import type { State } from "./state.ts";

const SENDER = { name: "Example Days", email: "hello@example.org", id: "1" };

/** GET /v3/account. */
export function account(state: State): Answer {
  const { type, credits } = state.plan;
  const left = state.left();
  const shown =
    state.switches.accountCredits === "plan" ? credits : left === Infinity ? null : left;
  return {
    status: 200,
    body: {
      email: "organiser@example.org",
      companyName: "Example Days",
      plan: [
        {
          type,
          credits: shown ?? 0,
          creditsType: "sendLimit",
          ...(shown === null ? { credits: null } : {}),
        },
        { type: "sms", credits: 12, creditsType: "sendLimit" },
      ],
      relay: { enabled: true, data: { relay: "smtp-relay.example.org", port: 587 } },
    },
  };
}

/** GET /v3/smtp/templates. */
export function templates(state: State, query: URLSearchParams): Answer {
  const status = query.get("templateStatus");
  if (status !== null && status !== "true" && status !== "false")
    throw invalid("templateStatus is not valid");
  const all = [...state.templates.values()]
    .filter(({ isActive }) => status === null || String(isActive) === status)
    .sort((one, other) => one.id - other.id);
  if (query.get("sort") !== "asc") all.reverse();
  const page = all.slice(...slice(query, 50, 1000));
  return {
    status: 200,
    body: {
      count: all.length,
      templates: page.map((template) => ({ ...template, sender: SENDER })),
    },
  };
}

/** GET /v3/smtp/templates/{id}. */
export function template(state: State, id: string): Answer {
  const found = state.templates.get(Number(id));
  if (!found) throw new Refusal(404, "document_not_found", "Template ID does not exist");
  return { status: 200, body: { ...found, sender: SENDER } };
}

/** GET /v3/smtp/blockedContacts. */
export function blockedContacts(state: State, query: URLSearchParams): Answer {
  const all = [...state.blocked.values()].sort((one, other) => one.blockedAt - other.blockedAt);
  if (query.get("sort") !== "asc") all.reverse();
  return {
    status: 200,
    body: {
      count: all.length,
      contacts: all.slice(...slice(query, 50, 100)).map(({ email, blockedAt, code }) => ({
        senderEmail: SENDER.email,
        email,
        blockedAt: new Date(blockedAt).toISOString(),
        reason: { code, message: "" },
      })),
    },
  };
}

function slice(query: URLSearchParams, usual: number, most: number): [number, number] {
  const limit = Number(query.get("limit") ?? usual);
  const offset = Number(query.get("offset") ?? 0);
  if (!Number.isInteger(limit) || limit < 1 || limit > most) {
    throw new Refusal(400, "out_of_range", `limit exceeds ${most}`);
  }
  if (!Number.isInteger(offset) || offset < 0) throw invalid("offset is not valid");
  return [offset, offset + limit];
}
