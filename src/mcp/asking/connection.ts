/* eslint-disable @typescript-eslint/no-deprecated -- `Server` is kept for uses like ours, see src/mcp/server.ts; and only
   it knows what a client of the older generation declared. */
import { createHmac, randomBytes, randomUUID, timingSafeEqual } from "node:crypto";
import {
  inputRequired,
  inputResponse,
  type Server,
  type ServerContext,
} from "@modelcontextprotocol/server";
import { InputNeeded } from "../errors.ts";
import type { CallResult } from "../call.ts";
import type { Caller, PersonsAnswer } from "../tool.ts";

const CONFIRMATION = "confirmation";

/** A person is given so many milliseconds to answer a form. */
const PERSONS_TIME = 600_000;
/** A question that changes each time it is answered is asked no more often. */
const MOST_ROUNDS = 8;

/** Answers come back by way of the client, so each names what it answers, under this process's seal. */
const SEAL_KEY = randomBytes(32);

type Way = "form" | "page";

/** A person's answer, and the seal of what was asked. */
interface Answer {
  seal: unknown;
  action: "accept" | "decline" | "cancel";
}

type Declared = { elicitation?: { form?: unknown; url?: unknown } | undefined } | undefined;

/**
 * How people are asked over one connection. A client may say that it can ask and have nothing to ask with;
 * what it does then differs, so a way is taken for closed as soon as an error answers or the same is to be
 * asked again that was never answered, and for open as soon as an answer comes by it.
 */
export class Asking {
  readonly #server: Server;
  readonly #unanswered = new Set<string>();
  readonly #closed = new Set<Way>();

  constructor(server: Server) {
    this.#server = server;
  }

  /** Runs a call, and again with the answer of each person whom it asks. */
  async run(
    context: ServerContext,
    call: unknown,
    work: (
      asking: Pick<Caller, "asksPeople" | "opensPages" | "declaresAsking" | "confirm" | "open">,
    ) => Promise<CallResult>,
  ): Promise<CallResult | ReturnType<typeof inputRequired>> {
    let answer = answerIn(context);
    for (let round = 1; ; round += 1) {
      try {
        return await work(this.#callers(context, call, answer));
      } catch (error) {
        if (!(error instanceof InputNeeded) || round > MOST_ROUNDS) throw error;
        if (context.mcpReq.envelope !== undefined) return embedded(error);
        answer = await this.#request(context, error);
      }
    }
  }

  #callers(context: ServerContext, call: unknown, answer: Answer | undefined) {
    const { elicitation } = this.#declared(context) ?? {};
    // `elicitation: {}` means forms.
    const has: Record<Way, boolean> = {
      form:
        elicitation !== undefined &&
        (elicitation.form !== undefined || elicitation.url === undefined),
      page: elicitation?.url !== undefined,
    };
    const isOpen = (way: Way) => has[way] && !this.#closed.has(way);
    const ask = (way: Way, message: string, about: string, url?: string): PersonsAnswer => {
      if (!isOpen(way)) return "unavailable";
      const seal = createHmac("sha256", SEAL_KEY)
        .update(JSON.stringify([call, message, about, url ?? null]))
        .digest("base64url");
      if (answer !== undefined && isSame(answer.seal, seal)) {
        this.#unanswered.delete(seal);
        this.#closed.delete(way);
        return ({ accept: "accepted", decline: "declined", cancel: "cancelled" } as const)[
          answer.action
        ];
      }
      if (this.#unanswered.has(seal)) {
        this.#unanswered.delete(seal);
        this.#closed.add(way);
        return "unavailable";
      }
      this.#unanswered.add(seal);
      throw new InputNeeded(message, seal, url);
    };
    return {
      declaresAsking: has.form || has.page,
      asksPeople: isOpen("form"),
      opensPages: isOpen("page"),
      confirm: (question: string, about = "") => ask("form", question, about),
      open: (url: string, sentence: string) => ask("page", sentence, "", url),
    };
  }

  #declared(context: ServerContext): Declared {
    const envelope = context.mcpReq.envelope as Record<string, unknown> | undefined;
    const declared = envelope?.["io.modelcontextprotocol/clientCapabilities"] as Declared;
    return declared ?? this.#server.getClientCapabilities();
  }

  /** Asks over an older connection, where the server puts a request of its own to the client. */
  async #request(context: ServerContext, asked: InputNeeded): Promise<Answer | undefined> {
    const { params } = elicitation(asked);
    try {
      const { action } = await this.#server.request(
        {
          method: "elicitation/create",
          params:
            asked.url === undefined
              ? { mode: "form", ...params }
              : { ...params, elicitationId: randomUUID() },
        },
        {
          relatedRequestId: context.mcpReq.id,
          timeout: PERSONS_TIME,
          signal: context.mcpReq.signal,
        },
      );
      return { seal: asked.seal, action };
    } catch (error) {
      if (context.mcpReq.signal.aborted) throw error;
      return undefined;
    }
  }
}

/** What asks for an input, as a client of the newer generation is answered. */
function embedded(asked: InputNeeded) {
  return inputRequired({
    inputRequests: { [CONFIRMATION]: elicitation(asked) },
    requestState: asked.seal,
  });
}

function elicitation({ question: message, url }: InputNeeded) {
  return url === undefined
    ? inputRequired.elicit({ message, requestedSchema: { type: "object", properties: {} } })
    : inputRequired.elicitUrl({ message, url });
}

/** The answer that a client of the newer generation brings with the call. */
function answerIn(context: ServerContext): Answer | undefined {
  const response = inputResponse(context.mcpReq.inputResponses, CONFIRMATION);
  if (response.kind !== "elicit") return undefined;
  return { seal: context.mcpReq.requestState(), action: response.action };
}

function isSame(given: unknown, expected: string): boolean {
  return (
    typeof given === "string" &&
    given.length === expected.length &&
    timingSafeEqual(Buffer.from(given), Buffer.from(expected))
  );
}
