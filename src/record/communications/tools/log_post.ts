import * as z from "zod";
import { ToolError } from "../../../mcp/errors.ts";
import { reference, text, webAddress, when } from "../../../mcp/fields.ts";
import { plain } from "../../../mcp/render.ts";
import { pastInstant } from "../../../mcp/time.ts";
import { RECORDS } from "../../../mcp/tool.ts";
import { oneCampaign } from "../../../conventions/references/campaign.ts";
import { tool } from "../../../conventions/call.ts";
import { communicationById, insertCommunication } from "../queries.ts";
import { activateCampaign, lockCampaign } from "../../campaigns/queries/campaigns.ts";
import { refuseCancelled } from "../../campaigns/rules.ts";
import { REMOVED_SINCE, claim } from "../../../conventions/replay.ts";
import { communicationShape, POST_CHANNELS, POST_STATUSES } from "../shape.ts";

const TITLE_FROM_SUMMARY = 80;

export const logPostTool = tool({
  name: "log_post",
  title: "Log a post or material",
  description:
    'Records a LinkedIn post or other published material of a campaign, e.g. campaign "CFP 2026", channel "linkedin_post", post_url, content_summary. Flyers and graphics that are shared in several places: create_asset.',
  effects: RECORDS,
  input: z.strictObject({
    campaign: reference(),
    channel: z.enum(POST_CHANNELS),
    title: text(500, "default: from summary or URL").optional(),
    post_url: webAddress().optional(),
    content_summary: text(20_000).optional(),
    published_at: when("default now").optional(),
    status: z.enum(POST_STATUSES).optional(),
  }),
  output: z.object({
    communication: communicationShape,
    campaign_status: z.string(),
    replay: z.boolean(),
  }),
  async handle(args, { sql, zone }) {
    const title = args.title ?? titleFrom(args.content_summary, args.post_url);
    const campaign = await oneCampaign(sql, args.campaign);
    const publishedAt = pastInstant(args.published_at, zone, "published_at");
    const { campaign: named, ...given } = args;
    const [claimed, locked] = await Promise.all([
      claim(sql, "log_post", "communication", {
        ...given,
        campaign: campaign.id,
        published_at: publishedAt ?? undefined,
      }),
      lockCampaign(sql, campaign.id),
    ]);
    let id = claimed.recorded;
    const finished: (Promise<void> | null)[] = [];
    if (id === null) {
      if (locked) refuseCancelled(locked);
      const status = args.status ?? "published";
      id = await insertCommunication(sql, {
        campaign_id: campaign.id,
        channel: args.channel,
        title,
        status,
        brevo_template_id: null,
        post_url: args.post_url ?? null,
        content_summary: args.content_summary ?? null,
        sent_at: publishedAt,
      });
      finished.push(
        status === "published" ? activateCampaign(sql, campaign.id) : null,
        claimed.complete(id),
      );
    }
    const [communication] = await Promise.all([communicationById(sql, id, zone), ...finished]);
    if (!communication) throw new ToolError(REMOVED_SINCE);
    const { campaign_status, ...shown } = communication;
    const replay = claimed.recorded !== null;
    return {
      headline: replay
        ? `"${plain(shown.title ?? "")}" was recorded before by the same call; nothing was recorded twice.`
        : `Recorded "${plain(shown.title ?? "")}" in the campaign ${plain(campaign.name)}.`,
      facts: { communication: { ...shown, title: shown.title ?? "" }, campaign_status, replay },
    };
  },
});

/** The first line of the summary, or the URL: what a person would call the post. */
function titleFrom(summary: string | undefined, url: string | undefined): string {
  const [first] = summary?.split(/[\r\n]/u, 1) ?? [];
  const words = first?.trim() ?? "";
  if (words !== "") {
    const characters = Array.from(words);
    return characters.length > TITLE_FROM_SUMMARY
      ? `${characters
          .slice(0, TITLE_FROM_SUMMARY - 1)
          .join("")
          .trim()}…`
      : words;
  }
  if (url !== undefined) return Array.from(url).slice(0, 500).join("");
  throw new ToolError("A post needs a title, a content_summary or a post_url.");
}
