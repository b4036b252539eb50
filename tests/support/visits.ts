import { request } from "node:http";

/** What a page answered. */
export interface Visit {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

/** Asks for a page as a program would. */
export function visit(
  url: string,
  options: { method?: string; headers?: Record<string, string>; body?: string } = {},
) {
  return new Promise<Visit>((resolve, reject) => {
    const { method = "GET", headers = {}, body } = options;
    const call = request(url, { method, headers }, (response) => {
      let text = "";
      response.on("data", (chunk: Buffer) => (text += chunk.toString()));
      response.on("end", () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      });
    });
    call.on("error", reject);
    call.end(body);
  });
}

/** What a browser would send when the button of a page is pressed on it. */
export async function formOf(
  page: string,
): Promise<{ headers: Record<string, string>; body: string }> {
  const { headers, text } = await visit(page);
  return {
    headers: {
      origin: new URL(page).origin,
      cookie: String(headers["set-cookie"]).split(";")[0]!,
      "content-type": "application/x-www-form-urlencoded",
    },
    body: `token=${/name="token" value="([^"]+)"/u.exec(text)![1]!}`,
  };
}

/** Loads a page and presses its button. */
export async function pressOn(page: string): Promise<Visit> {
  return visit(page, { method: "POST", ...(await formOf(page)) });
}
