import * as z from "zod";
import { ToolError } from "../../mcp/errors.ts";
import { reference, when } from "../../mcp/fields.ts";
import { instant, notInFuture } from "../../mcp/time.ts";
import { oneCampaign } from "../../conventions/references/campaign.ts";
import { oneMail } from "../../conventions/references/communication.ts";
import { openingTool } from "../../conventions/call.ts";
import { following, together } from "../../conventions/together.ts";
import { takeOverBlockList } from "../follow/block_list.ts";
import type { SetUp } from "../setup.ts";
import { syncEvents } from "../follow/sync.ts";
import { counted } from "../../words/counts.ts";

export const syncDeliveryEventsTool = (setUp: SetUp) =>
  openingTool({
    name: "sync_delivery_events",
    title: "Fetch what became of mails",
    description:
      "Fetches from Brevo who received, opened or clicked the mails sent by confirm_send, bounces and the block list; settles what was unknown. Call it before answering about delivery.",
    effects: { readOnly: false, destructive: false, idempotent: true, openWorld: true },
    input: z.strictObject({
      campaign: reference().optional(),
      communication: reference().optional(),
      since: when().optional(),
    }),
    output: z.object({
      fetched: z.number(),
      applied: z.number(),
      duplicates: z.number(),
      unmatched: z.number(),
      synced_to: z.string().nullable(),
      incomplete: z.string().nullable(),
      blocked: z.number(),
      changed: z.array(
        z.object({
          contact_id: z.number(),
          name: z.string(),
          from: z.string(),
          to: z.string(),
        }),
      ),
    }),
    async handle(args, transactions, caller) {
      const until = performance.now() + WORKING_TIME;
      const { service } = await setUp();
      const scope = await transactions.read(async ({ sql, zone }) => {
        const named = args.campaign === undefined ? null : oneCampaign(sql, args.campaign);
        const within = named && following(named, ({ id }) => id);
        const [campaign, communication] = await together(
          named,
          args.communication === undefined ? null : oneMail(sql, args.communication, within),
        );
        return {
          campaign: campaign && campaign.id,
          communication: communication && communication.id,
          since:
            args.since === undefined
              ? null
              : notInFuture(instant(args.since, zone, "since"), "since"),
        };
      });
      const blocked = await takeOverBlockList(service, transactions);
      const synced = await syncEvents(service, transactions, scope, {
        until,
        signal: caller.signal,
        tell: (done, total) => caller.progress(done, total, "batches of mails looked up"),
      });
      const { changed, batches, syncedTo, ...counts } = synced;
      if (counts.incomplete !== null && counts.applied + batches + blocked === 0) {
        throw new ToolError(counts.incomplete);
      }
      return {
        headline: `${String(counts.applied)} of ${counted(counts.fetched, "event")} ${counts.applied === 1 ? "was" : "were"} new, ${changed.length === 1 ? "1 person's" : `${String(changed.length)} people's`} status changed.${blocked > 0 ? ` ${blocked === 1 ? "1 address was" : `${String(blocked)} addresses were`} added from Brevo's block list.` : ""} ${knownUpTo(syncedTo, counts.incomplete)}`,
        facts: {
          ...counts,
          synced_to: syncedTo,
          blocked,
          changed: changed.slice(0, CHANGED_LISTED),
        },
      };
    },
  });

function knownUpTo(syncedTo: string | null, incomplete: string | null): string {
  if (incomplete !== null) {
    return `That is not everything: ${incomplete} What is told here was recorded and stays; call it again for the rest.`;
  }
  return syncedTo === null
    ? "No time yet up to which everything is known: not all mails were asked about."
    : `Everything is known up to ${syncedTo}.`;
}

const CHANGED_LISTED = 1000;
/** No further page is asked for after this many milliseconds: clients wait a minute for an answer. */
const WORKING_TIME = 20_000;
