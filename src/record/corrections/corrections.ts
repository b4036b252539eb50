import { oneOf, ToolError } from "../../mcp/errors.ts";
import { line } from "../../mcp/fields.ts";
import { plain } from "../../mcp/render.ts";
import { inZone, pastInstant } from "../../mcp/time.ts";
import { oneAsset } from "../../conventions/references/asset.ts";
import { campaignOfEvent, oneCampaign } from "../../conventions/references/campaign.ts";
import { oneCommunication } from "../../conventions/references/communication.ts";
import type { Call } from "../../conventions/call.ts";
import { together } from "../../conventions/together.ts";
import { difference, readChanges } from "./changes.ts";
import { assetById, lockAsset, type AssetRow } from "../assets/queries/assets.ts";
import { distributionById, type DistributionRow } from "../assets/queries/distributions.ts";
import { ASSET_GONE, lockedDistribution } from "../assets/rules.ts";
import { activateCampaign, lockCampaign } from "../campaigns/queries/campaigns.ts";
import { lockedCampaign, refuseCancelled } from "../campaigns/rules.ts";
import {
  lockCommunication,
  lockRecipientsOfMail,
  type CommunicationEntry,
} from "../communications/queries.ts";
import { MAIL_STATUSES, POST_STATUSES } from "../communications/shape.ts";
import {
  correctAsset,
  correctCommunication,
  correctDistribution,
  countReceived,
  moveRecipientsSentAt,
} from "./queries/corrections.ts";

export const CORRECTABLE = ["communication", "asset", "distribution"] as const;

/** An entry as it is after its correction, and each field that changed, as it was and as it is. */
export interface Corrected {
  entry:
    | ({ kind: "communication" } & CommunicationEntry)
    | ({ kind: "asset" } & AssetRow)
    | ({ kind: "distribution" } & DistributionRow);
  changed: Record<string, [unknown, unknown]>;
}

/**
 * Corrects an entry, by kind. Locks go from the campaign down, as everywhere, so that two calls never
 * wait for each other.
 *
 * @throws ToolError for an entry that is not there and for changes that it cannot take
 */
export const CORRECTIONS: Record<
  (typeof CORRECTABLE)[number],
  (call: Call, id: string, changes: Record<string, unknown>) => Promise<Corrected>
> = {
  communication: correctedCommunication,
  asset: correctedAsset,
  distribution: correctedDistribution,
};

async function correctedCommunication(
  { sql, zone }: Call,
  given: string,
  wanted: Record<string, unknown>,
): Promise<Corrected> {
  const changes = readChanges("communication", wanted);
  const [meant, target] = await together(
    oneCommunication(sql, given),
    changes.campaign === undefined ? undefined : oneCampaign(sql, changes.campaign),
  );
  const [campaign, before] = await together(
    lockCampaign(sql, target?.id ?? meant.campaign_id),
    lockCommunication(sql, meant.id, zone),
  );
  if (!campaign || !before || (!target && before.campaign.id !== campaign.id)) {
    throw new ToolError(
      "The entry or its campaign was changed by another call meanwhile; look again.",
    );
  }
  refuseUnsent(before);
  refuseForeignFields(before, changes);
  const status = changes.status ?? before.status;
  if (status !== before.status) await refuseStatus(sql, before, status);
  const sentAt = changedTime(changes.sent_at, "sent_at", before.sent_at, zone);
  if (changes.sent_at !== undefined && status === "draft") {
    throw new ToolError(
      'A draft has no sent_at: it has not gone out. Give status "published" too if it has.',
    );
  }
  const isOut = status === "sent" || status === "published";
  const isNewHere = campaign.id !== before.campaign.id || (isOut && status !== before.status);
  if (isNewHere) refuseCancelled(campaign);
  const moved =
    sentAt === null || before.channel !== "email"
      ? []
      : [lockRecipientsOfMail(sql, before.id), moveRecipientsSentAt(sql, before.id, sentAt)];
  const corrected = [
    correctCommunication(sql, before.id, {
      campaign_id: campaign.id,
      title: changes.title ?? before.title,
      post_url: replaced(changes.post_url, before.post_url),
      content_summary: replaced(changes.content_summary, before.content_summary),
      status,
      sent_at: sentAt,
    }),
    isNewHere && isOut ? activateCampaign(sql, campaign.id) : null,
  ];
  const [, , after] = await together(
    together(...moved),
    together(...corrected),
    lockCommunication(sql, before.id, zone),
  );
  if (!after) throw new Error("the corrected communication is not there");
  return {
    entry: { kind: "communication", ...after },
    changed: difference(before, after, [
      "campaign",
      "title",
      "post_url",
      "content_summary",
      "sent_at",
      "status",
    ]),
  };
}

/** A mail on its way is the send's, not the record's: its list and its words were agreed to. */
function refuseUnsent({ channel, status, title }: CommunicationEntry): void {
  if (channel !== "email") return;
  const mail = `The mail "${plain(title ?? "")}"`;
  if (status === "sending") {
    throw new ToolError(`${mail} is being sent; it can be corrected when that is over.`);
  }
  if (status === "draft") {
    throw new ToolError(
      `${mail} is prepared and has not gone out; take it back with cancel_send and prepare it anew.`,
    );
  }
}

function refuseForeignFields(
  { channel }: CommunicationEntry,
  { title, post_url }: { title?: string | undefined; post_url?: string | null | undefined },
): void {
  if (channel !== "email") return;
  if (typeof post_url === "string") {
    throw new ToolError("A mail has no post_url; posts and materials have one.");
  }
  const subject = line(500).optional().safeParse(title);
  if (!subject.success) {
    throw new ToolError(`title ${subject.error.issues[0]?.message ?? "is not one"}.`);
  }
}

async function refuseStatus(
  sql: Call["sql"],
  before: CommunicationEntry,
  status: string,
): Promise<void> {
  const isMail = before.channel === "email";
  const allowed: readonly string[] = isMail ? MAIL_STATUSES : POST_STATUSES;
  if (!allowed.includes(status)) {
    throw new ToolError(
      `${isMail ? "A mail that was logged" : "A post or material"} is ${oneOf(allowed)}, not ${status}.`,
    );
  }
  if (!isMail || status !== "failed") return;
  const received = await countReceived(sql, before.id);
  if (received > 0) {
    throw new ToolError(
      `A mail that failed reached nobody, and ${String(received)} of its recipients ${received === 1 ? "is" : "are"} recorded as having received it; tell what became of each with record_delivery_events, or remove the mail.`,
    );
  }
}

async function correctedAsset(
  call: Call,
  given: string,
  wanted: Record<string, unknown>,
): Promise<Corrected> {
  const { sql, zone } = call;
  const changes = readChanges("asset", wanted);
  const meant = await oneAsset(sql, given);
  const target = await assetCampaign(call, meant.id, changes.campaign);
  const [locked, before] = await together(lockAsset(sql, meant.id), assetById(sql, meant.id, zone));
  if (!locked || !before) throw new ToolError(ASSET_GONE);
  const [, after] = await together(
    correctAsset(sql, before.id, {
      campaign_id: replaced(target, before.campaign?.id ?? null),
      title: changes.title ?? before.title,
      description: replaced(changes.description, before.description),
      file_url: replaced(changes.file_url, before.file_url),
    }),
    assetById(sql, before.id, zone),
  );
  if (!after) throw new Error("the corrected asset is not there");
  return {
    entry: { kind: "asset", ...after },
    changed: difference(before, after, ["campaign", "title", "description", "file_url"]),
  };
}

/** The campaign that an asset is moved to, locked; null takes it out of its campaign. */
async function assetCampaign(
  call: Call,
  asset: number,
  given: string | null | undefined,
): Promise<number | null | undefined> {
  if (given === undefined || given === null) return given;
  const present = await assetById(call.sql, asset, call.zone);
  if (!present) throw new ToolError(ASSET_GONE);
  const campaign = await campaignOfEvent(call.sql, given, present.event);
  return (await lockedCampaign(call, campaign.id)).id;
}

async function correctedDistribution(
  call: Call,
  given: string,
  wanted: Record<string, unknown>,
): Promise<Corrected> {
  const { sql, zone } = call;
  const changes = readChanges("distribution", wanted);
  const before = await lockedDistribution(call, given);
  const [, after] = await together(
    correctDistribution(sql, before.id, {
      channel: changes.channel ?? before.channel,
      distributed_at: changedTime(
        changes.distributed_at,
        "distributed_at",
        before.distributed_at,
        zone,
      ),
      reach_estimate: replaced(changes.reach_estimate, before.reach_estimate),
      notes: replaced(changes.notes, before.notes),
    }),
    distributionById(sql, before.id, zone),
  );
  if (!after) throw new Error("the corrected distribution is not there");
  return {
    entry: { kind: "distribution", ...after },
    changed: difference(before, after, ["channel", "distributed_at", "reach_estimate", "notes"]),
  };
}

/** The value a field gets: its present one where no other was given; null empties it. */
function replaced<Value>(wanted: Value | undefined, present: Value): Value {
  return wanted === undefined ? present : wanted;
}

/**
 * The instant that a time is changed to, or null where it stays. Times are shown to the second, so
 * what was read and given back is no change.
 */
function changedTime(
  given: string | undefined,
  field: string,
  present: string | null,
  zone: string,
): string | null {
  const wanted = pastInstant(given, zone, field);
  return wanted === null || inZone(wanted, zone) === present ? null : wanted;
}
