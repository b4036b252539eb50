import { rate } from "../../mcp/figures.ts";
import { funnelOf } from "../../record/recipients/shape.ts";
import { daysUntil } from "../../mcp/time.ts";
import { stated } from "../../record/attendance/shape.ts";
import type { ListedCampaign } from "../../record/campaigns/queries/listed_campaigns.ts";
import { conversion } from "../../record/registrations/shape.ts";
import type { EventInNumbers, ReportFacts } from "../facts/record.ts";
import { figuresList, type Figure, type Section } from "../page/parts.ts";
import { figure, several, share } from "../words.ts";

/** What is read first. */
export function figuresSection(facts: ReportFacts): Section {
  const figures = facts.campaign === null ? ofEvent(facts) : ofCampaign(facts, facts.campaign);
  return { name: "figures", title: "At a glance", body: figuresList(figures) };
}

function ofEvent(facts: ReportFacts): Figure[] {
  const { registrations, attendance, outreach, sessions } = facts;
  const opened = openRate(facts);
  return [
    {
      label: "Registrations",
      value: figure(registrations.total),
      note: besideBefore(facts),
    },
    ...(attendance === null
      ? []
      : [
          {
            label: "People came",
            value: figure(attendance.came),
            note: `${share(stated(attendance).show_rate)} of those registered`,
          },
        ]),
    {
      label: "Reached by mail",
      value: figure(outreach.people_reached),
      note: `people, in ${several(outreach.emails, "mail")}`,
    },
    ...(opened === null
      ? []
      : [{ label: "Open rate", value: share(opened), note: "of delivered mails" }]),
    ...postsAndShares(
      { linkedin: outreach.linkedin_posts, elsewhere: outreach.marketing_materials },
      facts,
      outreach.reach_estimate,
    ),
    ...(facts.talks === null || sessions.total === 0
      ? []
      : [
          {
            label: "Sessions",
            value: figure(sessions.total),
            note: `by ${several(sessions.speakers, "speaker")}`,
          },
        ]),
  ];
}

function ofCampaign(facts: ReportFacts, campaign: ListedCampaign): Figure[] {
  const funnel = funnelOf(campaign.recipients);
  const [outcome] = facts.outcomes;
  const isTracked = campaign.tracked_mails > 0;
  const count = (kind: string) =>
    facts.timeline.shown.filter((entry) => entry.kind === kind).length;
  const reach = facts.assets.shown.flatMap(({ reach_estimate }) => reach_estimate ?? []);
  return [
    {
      label: "Reached by mail",
      value: figure(campaign.people_reached),
      note: `of ${several(campaign.people, "person", "people")} on its lists`,
    },
    {
      label: "Delivered mails",
      value: isTracked ? figure(funnel.delivered) : figure(null),
      note: `of ${figure(funnel.attempted)} attempted`,
    },
    {
      label: "Open rate",
      value: isTracked ? share(rate(funnel.opened, funnel.delivered)) : figure(null),
      note: isTracked ? `${figure(funnel.opened)} opened` : "not tracked",
    },
    {
      label: "Clicks",
      value: isTracked ? share(rate(funnel.clicked, funnel.delivered)) : figure(null),
      note: isTracked ? `${figure(funnel.clicked)} clicked` : "not tracked",
    },
    ...(outcome === undefined
      ? []
      : [
          {
            label: "Registered after it",
            value: figure(outcome.after_receiving),
            note: `${share(conversion(outcome))} of those reached`,
          },
          {
            label: "Name it as source",
            value: figure(outcome.by_marketing_source),
            note: "some of them the same people",
          },
        ]),
    ...postsAndShares(
      { linkedin: count("linkedin_post"), elsewhere: count("marketing_material") },
      facts,
      reach.length === 0 ? null : reach.reduce((sum, one) => sum + one, 0),
    ),
  ];
}

/** Opened of delivered mails of all campaigns together; null where nothing was tracked or delivered. */
export function openRate({ campaigns }: EventInNumbers): number | null {
  const tracked = campaigns.filter(({ tracked_mails }) => tracked_mails > 0);
  const funnel = funnelOf(tracked.flatMap(({ recipients }) => recipients).reduce(added, []));
  return rate(funnel.opened, funnel.delivered);
}

function added(
  sums: { status: string; recipients: number }[],
  { status, recipients }: { status: string; recipients: number },
) {
  const known = sums.find((sum) => sum.status === status);
  if (!known) return [...sums, { status, recipients }];
  return sums.map((sum) =>
    sum === known ? { status, recipients: sum.recipients + recipients } : sum,
  );
}

/** What was published and shared; nothing is said where there is none. */
function postsAndShares(
  posts: { linkedin: number; elsewhere: number },
  { assets }: ReportFacts,
  reach: number | null,
): Figure[] {
  const shares = assets.shown.reduce((sum, { distributions }) => sum + distributions.length, 0);
  const figures = [
    {
      label: "Posts",
      count: posts.linkedin + posts.elsewhere,
      note:
        posts.elsewhere > 0
          ? `${figure(posts.linkedin)} on LinkedIn, ${figure(posts.elsewhere)} elsewhere`
          : "on LinkedIn",
    },
    {
      label: "Shares of material",
      count: shares,
      note:
        reach === null
          ? `of ${several(assets.total, "asset")}`
          : `about ${several(reach, "person", "people")} reached`,
    },
  ];
  return figures
    .filter(({ count }) => count > 0)
    .map(({ label, count, note }) => ({ label, value: figure(count), note }));
}

function besideBefore({ before, event, zone }: ReportFacts): string | null {
  if (before === null) return null;
  const { total } = before.atThisDistance;
  return daysUntil(event.event_date, zone) > 0
    ? `${figure(total)} at this point for the event before`
    : `${figure(total)} for the event before`;
}
