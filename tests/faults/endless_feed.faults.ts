import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import { makeWorld } from "../sending/helpers.ts";

const PAGE = JSON.stringify({
  events: Array.from({ length: 2500 }, (_, n) => ({
    date: "2026-11-01T10:00:00.000+00:00",
    email: "somebody@example.org",
    event: "opened",
    messageId: `<${String(n)}@example.org>`,
    tag: "another",
  })),
});

it("a feed of events that never ends is answered within half a minute", async () => {
  const world = await makeWorld();
  const before = createServer((request, response) => {
    void (async () => {
      if (request.url?.includes("statistics/events")) {
        response.writeHead(200, { "content-type": "application/json" }).end(PAGE);
        return;
      }
      const body: Buffer[] = [];
      for await (const chunk of request as AsyncIterable<Buffer>) body.push(chunk);
      const answer = await fetch(`${world.brevo.url}${request.url ?? ""}`, {
        method: request.method ?? "GET",
        headers: { "api-key": world.brevo.apiKey, "content-type": "application/json" },
        ...(body.length > 0 ? { body: Buffer.concat(body) } : {}),
      });
      response.writeHead(answer.status, { "content-type": "application/json" });
      response.end(await answer.text());
    })();
  });
  before.listen(0, "127.0.0.1");
  await once(before, "listening");
  const { port } = before.address() as AddressInfo;
  const client = await world.connect({
    env: {
      OUTREACH_CONFIRM: "assistant",
      BREVO_BASE_URL: `http://127.0.0.1:${String(port)}`,
    },
  });
  const { send } = await client.ask("prepare_send", world.invitation);
  await client.ask("confirm_send", {
    communication: send.communication_id,
    confirmation_code: send.confirmation_code,
  });
  const started = performance.now();
  const { text } = await client.call("sync_delivery_events");
  const seconds = (performance.now() - started) / 1000;
  console.log(
    `an endless feed was answered after ${seconds.toFixed(1)} s: ${text.split("\n")[0] ?? ""}`,
  );
  expect(seconds).toBeLessThan(30);
  expect(text).toMatch(/more events than could be fetched|does not end/u);
  await client.close();
  before.closeAllConnections();
  before.close();
  await world.close();
});
