import * as z from "zod";
import { ToolError } from "../../../mcp/errors.ts";
import { line, reference, text, when, wholeNumber } from "../../../mcp/fields.ts";
import { plain } from "../../../mcp/render.ts";
import { pastInstant } from "../../../mcp/time.ts";
import { RECORDS } from "../../../mcp/tool.ts";
import { sameName } from "../../../words/names.ts";
import { oneCampaign } from "../../../conventions/references/campaign.ts";
import { oneMail } from "../../../conventions/references/communication.ts";
import { byReason, type LeftOutGroup } from "../../audiences/groups.ts";
import { audienceMeant } from "../../audiences/filters.ts";
import { MOST_RECIPIENTS, wholeAudience } from "../../audiences/whole.ts";
import { noteUses, type SegmentUse } from "../../segments/queries.ts";
import { tool, type Call } from "../../../conventions/call.ts";
import type { AudienceFilter } from "../../audiences/queries/filter.ts";
import {
  communicationById,
  insertCommunication,
  insertRecipients,
  lockCommunication,
  messageIdsInUse,
  recipientsRecorded,
  type CommunicationRow,
} from "../queries.ts";
import { activateCampaign } from "../../campaigns/queries/campaigns.ts";
import { lockedCampaign, refuseCancelled } from "../../campaigns/rules.ts";
import { meantRecipients, type MeantRecipient, type MeantRecipients } from "../named_recipients.ts";
import { claim } from "../../../conventions/replay.ts";
import { following, together } from "../../../conventions/together.ts";
import { RECIPIENT_STATUSES } from "../../recipients/shape.ts";
import {
  NAMED,
  NOBODY,
  leftOutInWords,
  recordedMail,
  recordedMailShape,
  seenOfMail,
} from "../recorded_mail.ts";

const recipient = z
  .strictObject({
    contact: reference().optional(),
    email: text(320).optional(),
    name: text(200, "tells people on one mailbox apart").optional(),
    brevo_message_id: line(100).optional(),
    status: z.enum(RECIPIENT_STATUSES).optional(),
    sent_at: when().optional(),
  })
  .meta({ shorthand: "contact" });

const input = z.strictObject({
  campaign: reference(),
  title: line(500, "subject of the mail"),
  recipients: z
    .array(recipient)
    .refine(
      (list) => list.length >= 1 && list.length <= MOST_RECIPIENTS,
      `must hold 1 to ${String(MOST_RECIPIENTS)} recipients`,
    )
    .optional(),
  audience: z
    .looseObject({})
    .meta({ description: "instead of recipients: filters as find_audience" })
    .optional(),
  brevo_template_id: wholeNumber(1).optional(),
  content_summary: text(20_000).optional(),
  sent_at: when("default now").optional(),
  communication: reference("add to this mail").optional(),
  unknown_contacts: z.enum(["reject", "create"]).optional(),
});

type Input = z.output<typeof input>;

export const logSendTool = tool({
  name: "log_send",
  title: "Log a mail that was sent",
  description:
    'Records one mail and all its recipients in one call, after it went out by other means. E.g. campaign "CFP 2026", title "Speak at our event", recipients [{contact: "Jane Smith"}, {email: "t@example.org"}].',
  effects: RECORDS,
  input,
  output: recordedMailShape,
  async handle(args, call) {
    const { sql, zone } = call;
    const campaignMeant = oneCampaign(sql, args.campaign);
    const [campaign, to, existing] = await together(
      campaignMeant,
      listMeant(call, args),
      args.communication === undefined
        ? null
        : oneMail(
            sql,
            args.communication,
            following(campaignMeant, ({ id }) => id),
          ),
    );
    const sentAt = pastInstant(args.sent_at, zone, "sent_at");
    const [mail, claimed, locked] = await together(
      existing && communicationById(sql, existing.id, zone),
      claim(sql, "log_send", "communication", {
        campaign: campaign.id,
        title: args.title,
        to: to.meant,
        brevo_template_id: args.brevo_template_id,
        content_summary: args.content_summary,
        sent_at: sentAt ?? undefined,
        communication: existing?.id,
      }),
      lockedCampaign(call, campaign.id),
    );
    if (existing) refuseOther(existing.id, mail ?? undefined, args);
    if (claimed.recorded !== null) {
      const named = to.people && new Set(to.people.map(({ contact_id }) => contact_id));
      const recorded = await recipientsRecorded(sql, claimed.recorded);
      const before = recorded.filter(({ contact_id }) => named?.has(contact_id) ?? true);
      const [seen, left_out] = await together(
        seenOfMail(call, claimed.recorded, before),
        to.leftOutBut(before.map(({ contact_id }) => contact_id)),
      );
      return recordedMail(seen, campaign, true, { ...NOBODY, recipients: before, left_out });
    }
    to.refuseFirst();
    refuseCancelled(locked);
    const [{ recipients, created, left_out, uses }, communication] = await together(
      to.everybody(),
      existing
        ? lockCommunication(sql, existing.id, zone).then((there) => there && existing.id)
        : insertCommunication(sql, {
            campaign_id: campaign.id,
            channel: "email",
            title: args.title,
            status: "sent",
            brevo_template_id: args.brevo_template_id ?? null,
            post_url: null,
            content_summary: args.content_summary ?? null,
            sent_at: sentAt,
          }),
    );
    if (communication === undefined) {
      throw new ToolError("The mail was removed by another call meanwhile.");
    }
    await refuseUsedMessageIds(call, recipients, communication);
    const [added, , , seen] = await together(
      insertRecipients(
        sql,
        communication,
        recipients.map((meant) => ({ ...meant, sent_at: meant.sent_at ?? sentAt })),
      ),
      activateCampaign(sql, campaign.id),
      claimed.complete(communication),
      seenOfMail(call, communication, recipients),
      uses.length > 0 && noteUses(sql, communication, uses, false),
    );
    if (added.length < recipients.length) await refuseRemoved(call, communication, recipients);
    return recordedMail(seen, campaign, false, { recipients, added, created, left_out });
  },
});

/** Whom a call records, who of them is new, and whom its audience left out. */
interface Everybody extends Omit<MeantRecipients, "refuseFirst"> {
  left_out: LeftOutGroup[];
  /** The segments by which its audience means them. */
  uses: SegmentUse[];
}

/** Whom a call names: people, or a filter that is read when it is certain that the call is new. */
interface MeantList {
  /** What makes two calls the same. */
  meant: unknown;
  people: MeantRecipient[] | null;
  refuseFirst: () => void;
  /** Whom its audience leaves out, but for these people: they got the mail before anything stood against it. */
  leftOutBut: (recorded: readonly number[]) => Promise<LeftOutGroup[]>;
  everybody(): Promise<Everybody>;
}

/**
 * Reads `recipients` or `audience`. Who matches an audience changes with the very mail that is recorded
 * ("who has not received it"), so a repeated call is known by its filter.
 */
async function listMeant(call: Call, args: Input): Promise<MeantList> {
  if ((args.recipients === undefined) === (args.audience === undefined)) {
    throw new ToolError("Give recipients or audience, and not both.");
  }
  if (args.recipients) {
    const all = await meantRecipients(call, args.recipients, args.unknown_contacts ?? "reject");
    return {
      // As one text: of ten thousand objects the keys would be put in order one by one.
      meant: JSON.stringify(
        all.recipients.map((meant) => [
          meant.contact_id,
          meant.brevo_message_id,
          meant.status,
          meant.sent_at,
        ]),
      ),
      people: all.recipients,
      refuseFirst: all.refuseFirst,
      leftOutBut: () => Promise.resolve([]),
      everybody: () => Promise.resolve({ ...all, left_out: [], uses: [] }),
    };
  }
  const filter = await audienceMeant(call, args.audience ?? {});
  return {
    meant: filter,
    people: null,
    refuseFirst: () => {},
    leftOutBut: async (recorded) => {
      const { excluded } = await wholeAudience(call, filter, MOST_RECIPIENTS);
      const had = new Set(recorded);
      return byReason(
        excluded.flatMap(({ id, name, reason }) => (had.has(id) ? [] : [{ id, name, reason }])),
      );
    },
    everybody: () => peopleOf(call, filter),
  };
}

async function peopleOf(call: Call, filter: AudienceFilter): Promise<Everybody> {
  const { contacts, excluded, uses } = await wholeAudience(call, filter, NAMED);
  const left_out = byReason(excluded);
  if (contacts.length === 0) {
    throw new ToolError(
      `Nobody matches that audience${left_out.length > 0 ? ` but who was left out (${leftOutInWords(left_out)})` : ""}.`,
    );
  }
  const said = { brevo_message_id: null, status: "sent", sent_at: null };
  const recipients = contacts.map(({ id, name }) => ({ contact_id: id, name, ...said }));
  return { recipients, created: [], left_out, uses };
}

/** Refuses a mail to which the recipients of a call cannot be added. */
function refuseOther(
  id: number,
  mail: CommunicationRow | undefined,
  { title, brevo_template_id: template, content_summary: summary }: Input,
): void {
  if (mail?.channel !== "email" || mail.status !== "sent") {
    throw new ToolError(
      `Recipients are added to a mail that was sent; communication ${String(id)} is a ${mail?.channel ?? "communication"} with status ${mail?.status ?? "unknown"}.`,
    );
  }
  if (!sameName(mail.title ?? "", title)) {
    throw new ToolError(
      `Communication ${String(id)} has the title "${plain(mail.title ?? "")}", not "${plain(title)}"; give its own title to add recipients to it.`,
    );
  }
  for (const [argument, asked, own] of [
    ["brevo_template_id", template, mail.brevo_template_id],
    ["content_summary", summary, mail.content_summary],
  ] as const) {
    if (asked !== undefined && asked !== own) {
      throw new ToolError(
        `Communication ${String(id)} has another ${argument}; leave it out to add recipients, or correct it with update_entry.`,
      );
    }
  }
}

/** Refuses where somebody meant is no recipient now: neither added nor there before, so gone from the record. */
async function refuseRemoved(
  { sql }: Call,
  communication: number,
  recipients: readonly MeantRecipient[],
): Promise<void> {
  const recorded = await recipientsRecorded(sql, communication);
  const there = new Set(recorded.map(({ contact_id }) => contact_id));
  const gone = recipients.filter(({ contact_id }) => !there.has(contact_id));
  if (gone.length === 0) return;
  const names = gone.slice(0, 10).map(({ name }) => plain(name));
  throw new ToolError(
    `Removed from the people by another call meanwhile: ${names.join(", ")}${gone.length > 10 ? " and more" : ""}. Leave them out.`,
  );
}

async function refuseUsedMessageIds(
  { sql }: Call,
  recipients: readonly MeantRecipient[],
  mail: number,
): Promise<void> {
  const given = recipients.flatMap(({ contact_id, brevo_message_id }) =>
    brevo_message_id === null ? [] : [{ contact_id, brevo_message_id }],
  );
  if (given.length === 0) return;
  const used = await messageIdsInUse(sql, given, mail);
  if (used.length === 0) return;
  const where = used
    .slice(0, 10)
    .map(
      (use) =>
        `"${plain(use.brevo_message_id)}" (${plain(use.name)}, communication ${String(use.communication_id)} "${plain(use.title ?? "")}")`,
    );
  throw new ToolError(
    `A brevo_message_id belongs to one recipient, and ${used.length === 1 ? "this one is" : "these are"} in use: ${where.join(", ")}${used.length > 10 ? " and more" : ""}. Leave it out where one mail went to several.`,
  );
}
