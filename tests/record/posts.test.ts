import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestClient } from "../../workbench/client.ts";
import { connectInProcess } from "../../workbench/in_process.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { seedPeople } from "../support/people.ts";

describe("log_post", () => {
  let database: TestDatabase;
  let client: TestClient;

  beforeAll(async () => {
    database = await freshDatabase();
    await seedPeople(database.sql);
    client = await connectInProcess({
      env: { DATABASE_URL: database.url, OUTREACH_TIMEZONE: "Africa/Johannesburg" },
    });
    await client.ask("create_campaign", {
      name: "CFP 2026",
      event: "Data & AI Day 2026",
      campaign_type: "cfp",
    });
  });
  afterAll(async () => {
    await client.close();
    await database.drop();
  });

  it("leaves a draft campaign a draft while the post is one", async () => {
    const answer = await client.ask("log_post", {
      campaign: "CFP 2026",
      channel: "marketing_material",
      title: "Idea",
      status: "draft",
    });
    expect(answer).toMatchObject({
      campaign_status: "draft",
      communication: { status: "draft", sent_at: null },
    });
  });

  it("records a published post with a title from its summary", async () => {
    const answer = await client.ask("log_post", {
      campaign: "CFP 2026",
      channel: "linkedin_post",
      post_url: "https://www.linkedin.com/posts/example-1",
      content_summary: "We are looking for speakers!\nSend us your talk.",
      published_at: "2026-03-02T08:30",
    });
    expect(answer).toMatchObject({
      campaign_status: "active",
      replay: false,
      communication: {
        channel: "linkedin_post",
        status: "published",
        title: "We are looking for speakers!",
        content_summary: "We are looking for speakers!\nSend us your talk.",
        sent_at: "2026-03-02T08:30:00+02:00",
        recipient_count: 0,
      },
    });
  });

  it("records an identical call once, also two at once", async () => {
    const args = {
      campaign: "CFP 2026",
      channel: "linkedin_post",
      post_url: "https://example.org/2",
    };
    const both = await Promise.all([
      client.ask("log_post", args),
      client.ask("log_post", { ...args, campaign: "cfp-2026" }),
    ]);
    expect(both.map((answer) => answer.replay).sort()).toEqual([false, true]);
    expect(both[0].communication).toEqual(both[1].communication);
    expect(both[0].communication.title).toBe("https://example.org/2");
  });

  it.each([
    ["a title, summary or URL missing", {}, "title, a content_summary or a post_url"],
    ["an address that is no web page", { post_url: "javascript:alert(1)" }, "http:// or https://"],
    ["a broken address", { post_url: "https://exa mple.org" }, "http:// or https://"],
    ["a mail's channel", { channel: "email", title: "x" }, "linkedin_post or marketing_material"],
    ["a future time", { title: "x", published_at: "2999-12-31" }, "future"],
    ["a mail's status", { title: "x", status: "sent" }, "draft, published or failed"],
    ["a time that is none", { title: "x", published_at: "2026-13-01" }, "not a time"],
  ])("refuses %s", async (_what, args, expected) => {
    const message = await client.refused("log_post", {
      campaign: "CFP 2026",
      channel: "linkedin_post",
      ...args,
    });
    expect(message).toContain(expected);
    expect(message).toMatch(/Nothing was written\.$/u);
  });
});
