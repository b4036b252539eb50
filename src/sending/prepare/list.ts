import { ToolError } from "../../mcp/errors.ts";
import { plain } from "../../mcp/render.ts";
import { resolveRecipients } from "../../conventions/references/recipients.ts";
import { audienceMeant } from "../../record/audiences/filters.ts";
import type { AudienceFilter } from "../../record/audiences/queries/filter.ts";
import { everybodyOf, MOST_RECIPIENTS, type Everybody } from "../../record/audiences/whole.ts";
import type { Call } from "../../conventions/call.ts";
import { trimmed } from "../../words/blanks.ts";
import { mailbox } from "../../words/email_address.ts";
import type { MailService } from "../mail_service/mail_service.ts";
import type { LeftOut } from "../queries/left_out.ts";
import type { Candidate } from "../queries/candidates.ts";
import type { Listed } from "../queries/lists.ts";
import type { TemplateParameter } from "../templates/merge.ts";

const FAULTS_LISTED = 50;

/** Whom a call means: people by id, or whoever fits a filter when the list is made. */
export type Meant = { ids: number[] } | { filter: AudienceFilter };

/**
 * Looks up whom a call means.
 *
 * @throws ToolError that names what means nobody or several
 */
export async function whoIsMeant(
  call: Call,
  contacts: readonly string[] | undefined,
  audience: Record<string, unknown> | undefined,
): Promise<Meant> {
  if ((contacts === undefined) === (audience === undefined)) {
    throw new ToolError("Give contacts or audience, and not both.");
  }
  if (contacts === undefined) return { filter: await audienceMeant(call, audience ?? {}) };
  if (contacts.length === 0 || contacts.length > MOST_RECIPIENTS) {
    throw new ToolError(`contacts must hold 1 to ${String(MOST_RECIPIENTS)} people.`);
  }
  const found = await resolveRecipients(
    call.sql,
    contacts.map((contact) => ({ contact })),
  );
  const ids = new Set<number>();
  const faults: string[] = [];
  found.forEach((resolution, index) => {
    if (resolution.kind === "person") ids.add(resolution.person.id);
    else {
      faults.push(
        `contacts[${String(index)}] ${resolution.kind === "fault" ? resolution.fault : `"${plain(resolution.email)}" is not the e-mail of anybody in the record`}`,
      );
    }
  });
  if (faults.length > 0) {
    const more =
      faults.length > FAULTS_LISTED ? ` and ${String(faults.length - FAULTS_LISTED)} more` : "";
    throw new ToolError(
      `${faults.slice(0, FAULTS_LISTED).join("; ")}${more}. Give ids, e-mails or full names that match one person each; find_contacts finds them.`,
    );
  }
  return { ids: [...ids] };
}

/** Everybody who is meant, whether they can get the mail or not. */
export async function everybodyMeant(call: Call, meant: Meant): Promise<Everybody> {
  if ("ids" in meant) return { ids: meant.ids, uses: [] };
  const everybody = await everybodyOf(call, meant.filter);
  if (everybody.ids.length === 0) throw new ToolError("Nobody matches that audience.");
  return everybody;
}

/** Who is to receive a mail, and who is left out and why. */
export interface SplitList {
  listed: Candidate[];
  leftOut: LeftOut[];
}

/** Leaves out whom nothing may be sent to, each for the first reason that applies. */
export function split(
  service: MailService,
  people: readonly Candidate[],
  rules: { allowResend: boolean; onePerMailbox: boolean },
): SplitList {
  const listed: Candidate[] = [];
  const leftOut: LeftOut[] = [];
  const mailboxes = new Set<string>();
  for (const person of people) {
    const reason = reasonAgainst(service, person, rules, mailboxes);
    if (reason === undefined) {
      listed.push(person);
      mailboxes.add(mailbox(person.email ?? ""));
    } else {
      leftOut.push({ contact_id: person.id, name: person.name, reason });
    }
  }
  return { listed, leftOut };
}

function reasonAgainst(
  service: MailService,
  person: Candidate,
  { allowResend, onePerMailbox }: { allowResend: boolean; onePerMailbox: boolean },
  mailboxes: ReadonlySet<string>,
): string | undefined {
  const address = trimmed(person.email ?? "");
  if (person.state !== null) return person.state;
  if (service.addressFault(address) !== undefined) return "invalid_email";
  if (!allowResend && person.has_received) return "already_received";
  const isTaken = mailboxes.has(mailbox(address)) || (!allowResend && person.mailbox_has_received);
  return onePerMailbox && isTaken ? "shared_mailbox" : undefined;
}

/**
 * A list as it is frozen, with names as a mail may bear them.
 *
 * @throws ToolError where a parameter cannot be sent
 */
export function frozen(
  service: MailService,
  people: readonly Listed[],
  parameters: readonly TemplateParameter[],
): Listed[] {
  const inSubject = new Set(parameters.flatMap((known) => (known.in_subject ? [known.name] : [])));
  return people.map((person) => {
    const listed = { ...person, name: service.nameInMail(person.name) };
    const fault = service.recipientFault(listed, inSubject);
    if (fault !== undefined) {
      throw new ToolError(`The mail to ${plain(person.name)} cannot be sent: it has ${fault}.`);
    }
    return listed;
  });
}
