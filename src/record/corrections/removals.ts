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
import { together } from "../../conventions/together.ts";
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
  countNotes,
  countProblems,
  deleteAsset,
  deleteCampaign,
  deleteCommunication,
  deleteDistribution,
  deleteRecipient,
  lockCampaignEntries,
  lockRecipient,
  recipientToRemove,
  type RecipientToRemove,
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
  /** Keeps it in `outreach.removed_entries`; `gone` takes it out of the record, in statements sent at once. */
  keep: (reason: string | null) => Promise<{ kept: number; gone: () => Promise<void>[] }>;
}

/** What was found and may be removed: checks and locks it, and throws a ToolError for what must stay. */
export type Found = () => Promise<Removal>;

/**
 * Finds what is to be removed, by kind. Locks then go from the campaign down, as everywhere, so that two
 * calls never wait for each other.
 *
 * @throws ToolError for what is not there
 */
export const REMOVALS: Record<
  (typeof REMOVABLE)[number],
  (call: Call, given: NamedEntry) => Promise<Found>
> = {
  campaign: campaignRemoval,
  communication: communicationRemoval,
  recipient: recipientRemoval,
  asset: assetRemoval,
  distribution: distributionRemoval,
};

async function campaignRemoval(call: Call, given: NamedEntry): Promise<Found> {
  const { id } = await oneCampaign(call.sql, given.id ?? "");
  return () => lockedCampaignRemoval(call, id);
}

async function lockedCampaignRemoval({ sql }: Call, id: number): Promise<Removal> {
  const [locked, , campaign] = await together(
    lockCampaign(sql, id),
    lockCampaignEntries(sql, id),
    campaignToRemove(sql, id),
  );
  if (!locked || !campaign) throw gone("campaign");
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
  const { communications, assets, source_mappings: mappings, notes } = campaign;
  const parts = [
    counted(communications, "communication"),
    ...(mappings > 0 ? [counted(mappings, "mapping of a source", "mappings of sources")] : []),
    ...(notes > 0 ? [counted(notes, "note")] : []),
  ];
  return {
    what: [
      { label: "Campaign", words: [campaign.name] },
      { label: "Event", words: [campaign.event_name] },
      {
        label: `With ${parts.join(" and ")}${assets > 0 ? ` (${staying(assets)})` : ""}`,
      },
    ],
    keep: async (reason) => {
      const kept = await keepCampaign(sql, id, reason);
      return { kept, gone: () => [deleteCampaign(sql, id)] };
    },
  };
}

async function communicationRemoval(call: Call, given: NamedEntry): Promise<Found> {
  const { id } = await oneCommunication(call.sql, given.id ?? "");
  return () => lockedCommunicationRemoval(call, id);
}

async function lockedCommunicationRemoval({ sql, zone }: Call, id: number): Promise<Removal> {
  const [communication, , problems, notes] = await together(
    lockCommunication(sql, id, zone),
    lockRecipientsOfMail(sql, id),
    countProblems(sql, id, null),
    countNotes(sql, id),
  );
  if (!communication) throw gone("communication");
  refuseUnderWay(communication);
  const { channel, title, campaign, recipient_count: recipients } = communication;
  return {
    what: [
      { label: inWords(channel), words: [title ?? ""] },
      { label: "Campaign", words: [campaign.name] },
      ...(channel === "email" ? [{ label: `With ${counted(recipients, "recipient")}` }] : []),
      ...(notes > 0 ? [{ label: `With ${counted(notes, "note")} on it` }] : []),
      ...lost(problems),
    ],
    keep: async (reason) => {
      const kept = await keepCommunication(sql, id, reason);
      return {
        kept,
        gone: () => [deleteCommunication(sql, id), forgetCalls(sql, "communication", [id])],
      };
    },
  };
}

async function recipientRemoval(call: Call, given: NamedEntry): Promise<Found> {
  const recipient = await recipientMeant(call, given);
  return () => lockedRecipientRemoval(call, recipient);
}

async function lockedRecipientRemoval(
  { sql, zone }: Call,
  recipient: RecipientToRemove,
): Promise<Removal> {
  const [communication, isThere, problems] = await together(
    lockCommunication(sql, recipient.communication_id, zone),
    lockRecipient(sql, recipient.id),
    countProblems(sql, recipient.communication_id, recipient.id),
  );
  if (!communication || !isThere) throw gone("recipient");
  refuseUnderWay(communication);
  return {
    what: [
      { label: "Recipient", words: [recipient.name] },
      { label: "Of the mail", words: [communication.title ?? ""] },
      ...lost(problems),
    ],
    keep: async (reason) => {
      const kept = await keepRecipient(sql, recipient.id, reason);
      return { kept, gone: () => [deleteRecipient(sql, recipient.id)] };
    },
  };
}

async function recipientMeant({ sql }: Call, given: NamedEntry) {
  if (given.communication !== undefined && given.contact !== undefined) {
    const [communication, contact] = await together(
      oneMail(sql, given.communication),
      oneContact(sql, given.contact),
    );
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

async function assetRemoval(call: Call, given: NamedEntry): Promise<Found> {
  const { id } = await oneAsset(call.sql, given.id ?? "");
  return () => lockedAssetRemoval(call, id);
}

async function lockedAssetRemoval({ sql, zone }: Call, id: number): Promise<Removal> {
  const [locked, , asset] = await together(
    lockAsset(sql, id),
    lockDistributions(sql, id),
    assetById(sql, id, zone),
  );
  if (!locked || !asset) throw gone("asset");
  return {
    what: [
      { label: inWords(asset.asset_type), words: [asset.title] },
      { label: "Event", words: [asset.event.name] },
      { label: `With ${counted(asset.distributions.length, "distribution")}` },
    ],
    keep: async (reason) => {
      const kept = await keepAsset(sql, id, reason);
      return { kept, gone: () => [deleteAsset(sql, id), forgetCalls(sql, "asset", [id])] };
    },
  };
}

function distributionRemoval(call: Call, given: NamedEntry): Promise<Found> {
  return Promise.resolve(() => lockedDistributionRemoval(call, given.id ?? ""));
}

async function lockedDistributionRemoval(call: Call, id: string): Promise<Removal> {
  const { sql } = call;
  const distribution = await lockedDistribution(call, id);
  return {
    what: [
      { label: "That this was shared", words: [distribution.asset.title] },
      { label: `By ${distribution.channel}, ${distribution.distributed_at}` },
    ],
    keep: async (reason) => {
      const kept = await keepDistribution(sql, distribution.id, reason);
      return {
        kept,
        gone: () => [
          deleteDistribution(sql, distribution.id),
          forgetCalls(sql, "distribution", [distribution.id]),
        ],
      };
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
