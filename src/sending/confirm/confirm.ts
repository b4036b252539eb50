import { ToolError } from "../../mcp/errors.ts";
import { plain } from "../../mcp/render.ts";
import type { Caller, Transactions } from "../../mcp/tool.ts";
import type { Call } from "../../conventions/call.ts";
import { oneMail } from "../../conventions/references/communication.ts";
import { together } from "../../conventions/together.ts";
import { lastConfirmation, noteMailsLeft, quotaEvidence } from "../queries/confirmations.ts";
import { droppedOf, type LeftOut } from "../queries/left_out.ts";
import { listDigest } from "../queries/lists.ts";
import {
  countStates,
  countUnproved,
  mailsInState,
  sendOf,
  type SendCounts,
  type SendRow,
  type StatedMail,
} from "../queries/sends.ts";
import { tryBlockList } from "../follow/block_list.ts";
import { checkCode, refuseEnded } from "./codes.ts";
import { takeBackRest } from "../cancel.ts";
import { deliver } from "../deliver/deliver.ts";
import type { MailService } from "../mail_service/mail_service.ts";
import { asking, type Sending } from "../setup.ts";
import { preparedSend } from "../prepared_send.ts";
import { mailsLeft } from "../quota.ts";
import { refuseOtherList, resumeList, startList } from "./start.ts";
import { yesTo } from "./yes.ts";
import { syncEvents, type Pace } from "../follow/sync.ts";
import { refuseInactive, templateDigest } from "../templates/chosen.ts";

/** How far a send has come. */
export interface SendState {
  send: SendRow;
  counts: SendCounts;
  failed: StatedMail[];
  unknown: StatedMail[];
  confirmedBy: string | null;
  /** Who was left out since the person said yes. */
  dropped: LeftOut[];
  paused: string | null;
  /** Of those accepted, how many count as uncertain: see {@link mailsInState}. */
  unproved: number;
  warnings: string[];
  replay: boolean;
  /** The person was asked in this call and said no. */
  declined: boolean;
}

/** Nothing new is begun after this many milliseconds: clients wait a minute for an answer. */
const WORKING_TIME = 25_000;
const PEOPLE_LISTED = 1000;

/**
 * Sends a prepared list after a person said yes; called again, goes on with what is open and says how far
 * it has come.
 *
 * @throws ToolError where nobody said yes, or the question cannot be answered any more
 */
export async function confirmSend(
  sending: Sending,
  transactions: Transactions<Call>,
  caller: Caller,
  given: string,
  code: string | undefined,
): Promise<SendState> {
  const until = performance.now() + WORKING_TIME;
  const { service } = sending;
  const { send, confirmation, evidence } = await transactions.read(async (call) => {
    const { sql, zone } = call;
    const mail = await oneMail(sql, given);
    const [row, asked, digest, evidence] = await together(
      sendOf(sql, mail.id),
      lastConfirmation(sql, mail.id, zone),
      listDigest(sql, mail.id),
      quotaEvidence(sql),
    );
    const found = preparedSend(mail, row);
    if (!asked) throw new Error("a send has a confirmation");
    if (code !== undefined) await checkCode(call, mail.id, asked, code);
    // On this snapshot: another server may start the list any moment, which takes people off it.
    if (!found.cancelled && !asked.started) {
      refuseEnded(asked);
      refuseOtherList(asked, digest);
    }
    return { send: found, confirmation: asked, evidence };
  });
  const { started } = confirmation;
  if (send.cancelled) {
    // An attempt that was under way when it was cancelled may have ended without any mail since.
    await transactions.write((call) => takeBackRest(call, send));
    return stateOf(transactions, send, { replay: started });
  }
  if (started) return goOn(sending, transactions, send, caller, until);
  const question = { send, confirmation };
  const content = await asking(service.template(send.brevo_template_id));
  refuseInactive(content);
  if (templateDigest(content) !== confirmation.template_digest) {
    throw new ToolError(
      "The template was changed in Brevo since this mail was prepared; prepare_send with this communication alone shows it as it is now and asks anew.",
    );
  }
  const account = await asking(service.account());
  const left = mailsLeft(account, evidence);
  if (left === 0) {
    const isDaily = account.perDay !== null;
    throw new ToolError(
      `Brevo sends no more for this account ${isDaily ? "today" : "for now"}, so nothing was sent. prepare_send with this communication alone asks anew${isDaily ? " on another day" : ""}.`,
    );
  }
  const yes = await yesTo(sending, transactions, question, caller, code, content, left);
  if (yes === "declined") return stateOf(transactions, send, { declined: true, replay: false });
  const warnings = await tryBlockList(service, transactions);
  const isFirst = await sayingThatNothingWasSent(
    transactions.write((call) => startList(call, service, question, yes, left)),
  );
  const came = { warnings, replay: !isFirst };
  return work(sending, transactions, send, caller, until, came);
}

/** Of a call that has written the block list down, it is not said that nothing was written. */
async function sayingThatNothingWasSent<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof ToolError) || error.outcome === "unknown") throw error;
    throw new ToolError(`${error.message} Nothing was sent.`);
  }
}

/** Goes on with a list that was started before. */
async function goOn(
  sending: Sending,
  transactions: Transactions<Call>,
  send: SendRow,
  caller: Caller,
  until: number,
): Promise<SendState> {
  const { service } = sending;
  const [{ waiting }, evidence] = await transactions.read(({ sql }) =>
    together(countStates(sql, send.communication_id), quotaEvidence(sql)),
  );
  const came: Came = { warnings: [], replay: true };
  if (waiting > 0) {
    try {
      const account = await asking(service.account());
      came.warnings.push(...(await tryBlockList(service, transactions)));
      await transactions.write((call) =>
        resumeList(call, service, send, mailsLeft(account, evidence)),
      );
    } catch (error) {
      if (!(error instanceof ToolError)) throw error;
      return stateOf(transactions, send, { ...came, paused: error.message });
    }
  }
  return work(sending, transactions, send, caller, until, came);
}

/** What a call came to before it sent anything. */
type Came = Pick<SendState, "warnings" | "replay">;

/** Sends what is ready, and says how far the send has come, whatever has stopped it. */
async function work(
  { service }: Sending,
  transactions: Transactions<Call>,
  send: SendRow,
  caller: Caller,
  until: number,
  came: Came,
): Promise<SendState> {
  let paused: string | null;
  try {
    paused = await deliver(transactions, service, send, caller, until);
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    return stateOf(transactions, send, { ...came, paused: error.message });
  }
  const state = await stateOf(transactions, send, { ...came, paused });
  const pace = { until, signal: caller.signal };
  if (!(await learnMore(service, transactions, state, pace))) return state;
  return stateOf(transactions, send, { ...came, paused });
}

/**
 * Asks what became of what is not known, and what the account has left; neither may fail the call.
 *
 * @returns whether something may be known now that was not
 */
async function learnMore(
  service: MailService,
  transactions: Transactions<Call>,
  { send: { communication_id: communication }, unknown, counts }: SendState,
  pace: Pace,
): Promise<boolean> {
  const isUnsure = unknown.length > 0 && performance.now() < pace.until;
  try {
    if (isUnsure) {
      const scope = { communication, campaign: null, since: null };
      await syncEvents(service, transactions, scope, pace);
    }
    if (counts.accepted > 0) {
      const { perDay, mailsLeft: left } = await service.account();
      if (perDay !== null && left !== null) {
        await transactions.write(({ sql }) => noteMailsLeft(sql, communication, left));
      }
    }
  } catch {
    // sync_delivery_events says what is the matter, when it is asked.
  }
  return isUnsure;
}

/**
 * How far a send has come, beside what this call came to.
 *
 * @throws ToolError that says what is not known, where the record cannot be read, or that the send is gone
 */
async function stateOf(
  transactions: Transactions<Call>,
  { communication_id: communication, title, per_session }: SendRow,
  came: Partial<SendState> & { replay: boolean },
): Promise<SendState> {
  let state: SendState | null;
  try {
    state = await transactions.read(async ({ sql, zone }) => {
      const [send, confirmation, counts, unproved, dropped, failed, unknown] = await together(
        sendOf(sql, communication),
        lastConfirmation(sql, communication, zone),
        countStates(sql, communication),
        countUnproved(sql, communication),
        droppedOf(sql, communication),
        mailsInState(
          sql,
          { communication_id: communication, per_session },
          "failed",
          PEOPLE_LISTED,
        ),
        mailsInState(
          sql,
          { communication_id: communication, per_session },
          "unknown",
          PEOPLE_LISTED,
        ),
      );
      if (!send) return null;
      return {
        send,
        counts,
        unproved,
        failed,
        unknown,
        confirmedBy: confirmation?.confirmed_by ?? null,
        dropped,
        paused: null,
        warnings: [],
        declined: false,
        ...came,
      };
    });
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    throw new ToolError(
      `${error.message} How many mails "${plain(title)}" have left is not known now. Call confirm_send with communication ${String(communication)} again: it sends nothing twice and says how far it has come.`,
      "unknown",
    );
  }
  if (state !== null) return state;
  // The database keeps a send of which anything was tried.
  throw new ToolError(
    `The mail "${plain(title)}" was removed by another call meanwhile; nothing was sent of it.`,
  );
}
