import { Refusal, invalid, isObject, missing, type Answer } from "./answer.ts";
import { rendered } from "./rendering.ts";
import { randomFrom, shuffled } from "./random.ts";
import type { Fate, Mail, State } from "./state.ts";

const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/iu;
const UUID_V4 = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/iu;

interface Version {
  to: { email: string; name?: string }[];
  params: Record<string, unknown>;
  headers: Record<string, unknown>;
}

/** POST /v3/smtp/email: checks, counts, remembers the key, and puts the mails into the box. */
export function send(state: State, body: Record<string, unknown>): Answer {
  const key = keyOf(body);
  refuseDuplicate(state, key);
  try {
    const versions = checked(state, body);
    const sandbox = headersOf(body)["x-sib-sandbox"] === "drop";
    const count = versions.reduce((sum, { to }) => sum + to.length, 0);
    if (!sandbox) refuseOverQuota(state, count);
    const ids = accept(state, body, versions, sandbox, key);
    if (key !== undefined) state.keys.set(key, state.now());
    return accepted(state, body, ids);
  } catch (error) {
    if (error instanceof Refusal) useUp(state, key);
    throw error;
  }
}

/** Marks the key of a request that was refused, if a failed request uses it up (?). */
export function useUp(state: State, key: string | undefined): void {
  if (key !== undefined && state.switches.failedRequestUsesKey) state.keys.set(key, state.now());
}

export function keyOf(body: Record<string, unknown>): string | undefined {
  const key = headersOf(body)["idempotencykey"];
  return typeof key === "string" ? key.toLowerCase() : undefined;
}

function refuseDuplicate(state: State, key: string | undefined): void {
  const used = key === undefined ? undefined : state.keys.get(key);
  if (used === undefined) return;
  if (state.now() - used < state.switches.idempotencyMinutes * 60_000) {
    throw new Refusal(
      400,
      state.switches.duplicateCode,
      "Email for the idempotency key has already been processed",
    );
  }
}

function headersOf(holder: Record<string, unknown>): Record<string, unknown> {
  const headers = isObject(holder.headers) ? holder.headers : {};
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
}

function checked(state: State, body: Record<string, unknown>): Version[] {
  const { templateId, sender, subject, htmlContent, textContent, messageVersions, tags, batchId } =
    body;
  const key = headersOf(body)["idempotencykey"];
  if (key !== undefined && (typeof key !== "string" || !UUID.test(key))) {
    throw invalid("idempotencyKey is not valid");
  }
  if (
    body.headers !== undefined &&
    (!isObject(body.headers) || Object.keys(body.headers).length === 0)
  ) {
    throw missing("headers is blank");
  }
  if (templateId === undefined) {
    if (!isObject(sender)) throw missing("sender is missing");
    if (typeof subject !== "string" || subject === "") throw missing("subject is missing");
    if (typeof htmlContent !== "string" && typeof textContent !== "string") {
      throw missing("htmlContent is missing");
    }
  } else if (!Number.isInteger(templateId) || !state.templates.has(templateId as number)) {
    throw state.switches.unknownTemplate === "document_not_found"
      ? new Refusal(404, "document_not_found", "Template ID does not exist")
      : invalid("templateId is not valid");
  }
  if (tags !== undefined) {
    if (
      !Array.isArray(tags) ||
      tags.length === 0 ||
      !tags.every((tag) => typeof tag === "string")
    ) {
      throw invalid("tags is not valid");
    }
  }
  if (batchId !== undefined && (typeof batchId !== "string" || !UUID_V4.test(batchId))) {
    throw invalid("batchId is not valid");
  }
  const global = paramsOf(body.params);
  if (messageVersions === undefined) {
    return [{ to: recipientsOf(body.to, "to"), params: global, headers: {} }];
  }
  if (!Array.isArray(messageVersions) || messageVersions.length === 0) {
    throw missing("messageVersions is blank");
  }
  if (messageVersions.length > 1000) {
    throw new Refusal(400, "out_of_range", "messageVersions should not exceed 1000");
  }
  const versions = messageVersions.map((version: unknown): Version => {
    if (!isObject(version)) throw invalid("messageVersions is not valid");
    if (version.headers !== undefined && state.switches.versionHeaders === "refused") {
      throw invalid("headers is not valid in messageVersions");
    }
    const to = recipientsOf(version.to, "to", " in messageVersions");
    if (to.length > 99)
      throw new Refusal(400, "out_of_range", "to should not exceed 99 in messageVersions");
    return {
      to,
      params: version.params === undefined ? global : paramsOf(version.params),
      headers: state.switches.versionHeaders === "kept" ? headersOf(version) : {},
    };
  });
  if (versions.reduce((sum, { to }) => sum + to.length, 0) > 2000) {
    throw new Refusal(400, "out_of_range", "recipients should not exceed 2000");
  }
  const together = versions.reduce((sum, { params }) => sum + sizeOf(params), 0);
  if (together > 1_000_000)
    throw new Refusal(400, "out_of_range", "params should not exceed 1000 KB");
  return versions;
}

function recipientsOf(value: unknown, name: string, where = ""): Version["to"] {
  if (value === undefined) throw missing(`${name} is missing${where}`);
  if (!Array.isArray(value) || value.length === 0) throw invalid(`${name} is not valid${where}`);
  return value.map((recipient: unknown) => {
    if (!isObject(recipient)) throw invalid(`${name} is not valid${where}`);
    const { email, name: shown } = recipient;
    if (
      typeof email !== "string" ||
      !/^[^\s@"(),:;<>[\\\]\p{Cc}]+@[^\s@.]+(?:\.[^\s@.]+)+$/u.test(email)
    ) {
      throw invalid(`email is not valid in ${name}${where}`);
    }
    if (shown === undefined) return { email };
    if (typeof shown !== "string") throw invalid(`name is not valid in ${name}${where}`);
    if (shown === "") throw missing(`name is missing in ${name}${where}`);
    if (shown.length > 70) throw invalid(`name should not exceed 70 characters in ${name}${where}`);
    if (/\p{Cc}/u.test(shown)) throw invalid(`name is not valid in ${name}${where}`);
    return { email, name: shown };
  });
}

function paramsOf(value: unknown): Record<string, unknown> {
  if (value === undefined) return {};
  if (!isObject(value)) throw invalid("params is not valid");
  if (Object.keys(value).length === 0) throw missing("params is blank");
  if (sizeOf(value) > 100_000)
    throw new Refusal(400, "out_of_range", "params should not exceed 100 KB");
  return value;
}

function sizeOf(params: Record<string, unknown>): number {
  return Buffer.byteLength(JSON.stringify(params));
}

function refuseOverQuota(state: State, count: number): void {
  if (count <= state.left()) return;
  switch (state.switches.overQuota) {
    case "402":
      throw new Refusal(402, "not_enough_credits", "Not enough credits to send the emails");
    case "400":
      throw new Refusal(
        400,
        "max_emails_per_day_exceeded",
        "You have reached your daily limit of emails",
      );
    case "dropped":
  }
}

function accept(
  state: State,
  body: Record<string, unknown>,
  versions: readonly Version[],
  sandbox: boolean,
  key: string | undefined,
): string[] {
  const template = state.templates.get(body.templateId as number);
  const global = headersOf(body);
  const stamp = new Date(state.now()).toISOString().replace(/\D/gu, "").slice(0, 12);
  const number = state.serial + state.mails.length;
  const seen = new Set<string>();
  return versions.map(({ to, params, headers }, index) => {
    const messageId = `<${stamp}.${number}.${index + 1}@smtp-relay.mailin.fr>`;
    for (const { email, name } of to) {
      const address = email.toLowerCase();
      const twice = seen.has(address) && state.switches.sameAddressTwice === "one";
      seen.add(address);
      const mail: Mail = {
        messageId,
        email,
        name,
        params,
        templateId: template?.id,
        subject: rendered(textOf(body.subject) ?? template?.subject ?? "", params, false),
        html: rendered(template?.htmlContent ?? textOf(body.htmlContent) ?? "", params, true),
        tags: (body.tags as string[] | undefined) ?? [],
        custom: textOf(headers["x-mailin-custom"]) ?? textOf(global["x-mailin-custom"]),
        idempotencyKey: key,
        acceptedAt: state.now(),
        fate: sandbox
          ? "sandbox"
          : twice
            ? "same_address"
            : fateOf(state, address, template?.isActive),
      };
      state.mails.push(mail);
      if (mail.fate === "arrived") state.spend(1);
      if (!state.byMessageId.has(messageId)) state.byMessageId.set(messageId, mail);
      if (mail.fate === "arrived" || mail.fate === "blocked") state.note("request", mail);
      if (mail.fate === "blocked")
        state.note("blocked", mail, { reason: "blocked : due to blacklist user" });
    }
    return messageId;
  });
}

function fateOf(state: State, address: string, isActive: boolean | undefined): Fate {
  if (isActive === false) return "switched_off";
  if (state.blocked.has(address)) return "blocked";
  return state.left() > 0 ? "arrived" : "over_quota";
}

function accepted(state: State, body: Record<string, unknown>, ids: readonly string[]): Answer {
  const scheduled = body.scheduledAt !== undefined;
  const shown =
    state.switches.idOrder === "shuffled"
      ? shuffled(ids, Math.floor(randomFrom(ids.length)() * 1e6))
      : ids;
  const single =
    body.messageVersions === undefined ||
    (ids.length === 1 && state.switches.idOfOne === "messageId");
  return {
    status: scheduled ? 202 : 201,
    body: {
      ...(single ? { messageId: shown[0] } : { messageIds: shown }),
      ...(scheduled ? { batchId: body.batchId ?? "5c6cfa04-eed9-42c2-8b5c-6d470d978e9d" } : {}),
    },
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
