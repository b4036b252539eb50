import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { World } from "./helpers.ts";

/**
 * Passes everything on to the stand-in but batches, which it refuses for what is in them.
 *
 * @param most how many batches it refuses
 */
export async function refusingProxy({ brevo }: World, most = Infinity) {
  let refused = 0;
  const server = createServer((request, response) => {
    void text(request).then(async (body) => {
      response.setHeader("content-type", "application/json");
      if (request.method === "POST" && refused < most) {
        refused += 1;
        response.statusCode = 400;
        response.end('{"code":"invalid_parameter","message":"email is not valid in to"}');
        return;
      }
      const answer = await fetch(brevo.url + (request.url ?? ""), {
        method: request.method ?? "GET",
        headers: { "api-key": brevo.apiKey, "content-type": "application/json" },
        ...(request.method === "POST" && { body }),
      });
      response.writeHead(answer.status).end(await answer.text());
    });
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}
