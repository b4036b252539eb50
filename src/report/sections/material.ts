import { element, html } from "../../mcp/page/html.ts";
import type { ReportFacts } from "../facts/record.ts";
import { table, titled, type Section } from "../page/parts.ts";
import { day, figure, several, shortDay, spoken } from "../words.ts";

/** What was made, and where it was shared. */
export function materialSection({ assets, campaign }: ReportFacts): Section | null {
  if (assets.total === 0) return null;
  return {
    name: "material",
    title: "Material and where it was shared",
    body: table(
      assets.total > assets.shown.length
        ? `The newest ${figure(assets.shown.length)} of ${several(assets.total, "asset")}`
        : several(assets.total, "asset"),
      [
        {
          head: "Asset",
          cell: (asset) =>
            titled(
              asset.title,
              spoken(asset.asset_type),
              `made ${day(asset.created_at)}`,
              campaign === null && asset.campaign !== null && asset.campaign.name,
            ),
        },
        {
          head: "Shared",
          cell: ({ distributions }) =>
            distributions.length === 0
              ? "not yet"
              : html(
                  distributions.map(({ channel, distributed_at, reach_estimate, notes }) =>
                    element(
                      "div",
                      {},
                      `${spoken(channel)}, ${shortDay(distributed_at)}${reach_estimate === null ? "" : `: about ${several(reach_estimate, "person", "people")}`}`,
                      notes === null ? html() : element("small", {}, notes),
                    ),
                  ),
                ),
        },
        {
          head: "Reach, estimated",
          kind: "number",
          cell: ({ reach_estimate, without_estimate, distributions }) =>
            html(
              figure(reach_estimate),
              reach_estimate !== null && without_estimate > 0
                ? element(
                    "small",
                    {},
                    `${figure(distributions.length - without_estimate)} of ${figure(distributions.length)} known`,
                  )
                : html(),
            ),
        },
      ],
      assets.shown,
    ),
  };
}
