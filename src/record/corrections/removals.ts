import { ToolError } from "../../mcp/errors.ts";
import type { Fact } from "../../mcp/asking/question.ts";
import { plain } from "../../mcp/render.ts";
import { counted } from "../../words/counts.ts";
import { oneAsset } from "../../conventions/references/asset.ts";
import { oneCampaign } from "../../conventions/references/campaign.ts";
import { asId } from "../../conventions/references/choose.ts";
import { oneCommunication, oneMail } from "../../conventions/references/communication.ts";
import { oneContact } from "../../conventions/references/contact.ts";
import type { Call } from "../../conventions/call.ts";
import { assetById, lockAsset } from "../assets/queries/assets.ts";
import { lockDistributions } from "../assets/queries/distributions.ts";
import { lockCampaign } from "../campaigns/queries/campaigns.ts";
import {
  lockCommunication,
  lockRecipientsOfMail,
  type CommunicationEntry,
} from "../communications/queries.ts";
import { lockedDistribution } from "../assets/rules.ts";
import { forgetCalls } from "../../conventions/queries.ts";
import {
  campaignToRemove,
  countProblems,
  deleteAsset,
  deleteCampaign,
  deleteCommunication,
  deleteDistribution,
  deleteRecipient,
  lockCampaignEntries,
  lockRecipient,
  recipientToRemove,
} from "./queries/removals.ts";
import {
  keepAsset,
  keepCampaign,
  keepCommunication,
  keepDistribution,
  keepRecipient,
} from "./queries/removed_entries.ts";

export const REMOVABLE = [
  "campaign",
  "communication",
  "recipient",
  "asset",
  "distribution",
] as const;

/** Which entry is to be removed, as the call names it. */
export interface NamedEntry {
  id?: string | undefined;
  communication?: string | undefined;
  contact?: string | undefined;
}

/** A removal that may go ahead, with everything it takes locked until the transaction ends. */
export interface Removal {
  /** What goes and what with it, as a question to a person names it. */
  what: Fact[];
  /**
   * Keeps it in `outreach.removed_entries` and takes it out of the record.
   *
   * @returns the id under which it is kept
   */
  remove(reason: string | null): Promise<number>;
}

/**
 * Finds, checks and locks what is to be removed, by kind. Locks go from the campaign down, as
 * everywhere, so that two calls never wait for each other.
 *
 * @throws ToolError for what is not there and for what must stay
 */
export const REMOVALS: Record<
  (typeof REMOVABLE)[number],
  (call: Call, given: NamedEntry) => Promise<Removal>
> = {
  campaign: campaignRemoval,
  communication: communicationRemoval,
  recipient: recipientRemoval,
  asset: assetRemoval,
  distribution: distributionRemoval,
};

async function campaignRemoval({ sql }: Call, given: NamedEntry): Promise<Removal> {
  const { id } = await oneCampaign(sql, given.id ?? "");
  if (!(await lockCampaign(sql, id))) throw gone("campaign");
  await lockCampaignEntries(sql, id);
  const campaign = await campaignToRemove(sql, id);
  if (!campaign) throw gone("campaign");
  const name = plain(campaign.name);
  if (campaign.mailed !== null) {
    throw new ToolError(
      `A mail of the campaign ${name} went out ("${plain(campaign.mailed)}", ${counted(campaign.mailed_recipients, "recipient")}), so it stays in the record: cancel it with update_campaign. If that mail was logged by mistake, remove the mail first.`,
    );
  }
  if (campaign.prepared !== null) {
    throw new ToolError(
      `The campaign ${name} has a prepared mail ("${plain(campaign.prepared)}"); take that back with cancel_send first.`,
    );
  }
  const { communications, assets, source_mappings: mappings } = campaign;
  const parts = [
    counted(communications, "communication"),
    ...(mappings > 0 ? [counted(mappings, "mapping of a source", "mappings of sources")] : []),
  ];
  return {
    what: [
      { label: "Campaign", words: [campaign.name] },
      { label: "Event", words: [campaign.event_name] },
      {
        label: `With ${parts.join(" and ")}${assets > 0 ? ` (${staying(assets)})` : ""}`,
      },
    ],
    remove: async (reason) => {
      const kept = await keepCampaign(sql, id, reason);
      await forgetCalls(sql, "communication", await deleteCampaign(sql, id));
      return kept;
    },
  };
}

async function communicationRemoval({ sql, zone }: Call, given: NamedEntry): Promise<Removal> {
  const { id } = await oneCommunication(sql, given.id ?? "");
  const communication = await lockCommunication(sql, id, zone);
  if (!communication) throw gone("communication");
  refuseUnderWay(communication);
  await lockRecipientsOfMail(sql, id);
  const { channel, title, campaign, recipient_count: recipients } = communication;
  const problems = await countProblems(sql, id, null);
  return {
    what: [
      { label: inWords(channel), words: [title ?? ""] },
      { label: "Campaign", words: [campaign.name] },
      ...(channel === "email" ? [{ label: `With ${counted(recipients, "recipient")}` }] : []),
      ...lost(problems),
    ],
    remove: async (reason) => {
      const kept = await keepCommunication(sql, id, reason);
      await deleteCommunication(sql, id);
      await forgetCalls(sql, "communication", [id]);
      return kept;
    },
  };
}

async function recipientRemoval(call: Call, given: NamedEntry): Promise<Removal> {
  const { sql, zone } = call;
  const recipient = await recipientMeant(call, given);
  const communication = await lockCommunication(sql, recipient.communication_id, zone);
  if (!communication || !(await lockRecipient(sql, recipient.id))) throw gone("recipient");
  refuseUnderWay(communication);
  const problems = await countProblems(sql, communication.id, recipient.id);
  return {
    what: [
      { label: "Recipient", words: [recipient.name] },
      { label: "Of the mail", words: [communication.title ?? ""] },
      ...lost(problems),
    ],
    remove: async (reason) => {
      const kept = await keepRecipient(sql, recipient.id, reason);
      await deleteRecipient(sql, recipient.id);
      return kept;
    },
  };
}

async function recipientMeant({ sql }: Call, given: NamedEntry) {
  if (given.communication !== undefined && given.contact !== undefined) {
    const communication = await oneMail(sql, given.communication);
    const contact = await oneContact(sql, given.contact);
    const recipient = await recipientToRemove(sql, null, communication.id, contact.id);
    if (recipient) return recipient;
    throw new ToolError(
      `${plain(contact.name)} is not a recipient of "${plain(communication.name)}"; query_recipients lists who is.`,
    );
  }
  const id = asId(given.id ?? "");
  const recipient = id === null ? undefined : await recipientToRemove(sql, id, null, null);
  if (recipient) return recipient;
  throw new ToolError(
    `There is no recipient "${plain(given.id ?? "")}"; name one by communication and contact.`,
  );
}

async function assetRemoval({ sql, zone }: Call, given: NamedEntry): Promise<Removal> {
  const { id } = await oneAsset(sql, given.id ?? "");
  if (!(await lockAsset(sql, id))) throw gone("asset");
  await lockDistributions(sql, id);
  const asset = await assetById(sql, id, zone);
  if (!asset) throw gone("asset");
  return {
    what: [
      { label: inWords(asset.asset_type), words: [asset.title] },
      { label: "Event", words: [asset.event.name] },
      { label: `With ${counted(asset.distributions.length, "distribution")}` },
    ],
    remove: async (reason) => {
      const kept = await keepAsset(sql, id, reason);
      await forgetCalls(sql, "distribution", await deleteAsset(sql, id));
      await forgetCalls(sql, "asset", [id]);
      return kept;
    },
  };
}

async function distributionRemoval(call: Call, given: NamedEntry): Promise<Removal> {
  const { sql } = call;
  const distribution = await lockedDistribution(call, given.id ?? "");
  return {
    what: [
      { label: "That this was shared", words: [distribution.asset.title] },
      { label: `By ${distribution.channel}, ${distribution.distributed_at}` },
    ],
    remove: async (reason) => {
      const kept = await keepDistribution(sql, distribution.id, reason);
      await deleteDistribution(sql, distribution.id);
      await forgetCalls(sql, "distribution", [distribution.id]);
      return kept;
    },
  };
}

/** A mail on its way is the send's: what is taken from it must not be mailed either. */
function refuseUnderWay({ channel, status, title }: CommunicationEntry): void {
  if (channel === "email" && (status === "sending" || status === "draft")) {
    throw new ToolError(
      `The mail "${plain(title ?? "")}" is ${status === "draft" ? "prepared" : "being sent"}; take back what has not gone out with cancel_send.`,
    );
  }
}

function gone(kind: string): ToolError {
  return new ToolError(`The ${kind} was removed by another call meanwhile.`);
}

/** Says that assets outlive their campaign. */
export function staying(assets: number): string {
  return `${counted(assets, "asset")} ${assets === 1 ? "stays" : "stay"} with the event`;
}

/** What a person should know before a bounce or an unsubscription is forgotten. */
function lost(problems: number): Fact[] {
  if (problems === 0) return [];
  return [
    {
      label: `And with it that ${counted(problems, "recipient")} bounced, complained or unsubscribed`,
    },
  ];
}

/** A word of one of our lists as a label: `Social graphic`. */
function inWords(kind: string): string {
  const words = kind.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
