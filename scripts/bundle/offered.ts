import { fileURLToPath } from "node:url";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";

/** What the built server offers, in the form in which a bundle's manifest lists it. */
export interface Offered {
  tools: { name: string; description: string }[];
  prompts: { name: string; description: string; arguments: string[]; text: string }[];
}

/** Asks the built server what it offers; no database is touched by that. */
export async function whatIsOffered(): Promise<Offered> {
  const client = new Client({ name: "bundle", version: "1" });
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [fileURLToPath(new URL("../../dist/organiser.js", import.meta.url))],
      env: {},
    }),
  );
  try {
    const { tools } = await client.listTools();
    const prompts =
      client.getServerCapabilities()?.prompts === undefined
        ? []
        : (await client.listPrompts()).prompts;
    return {
      tools: tools.map(({ name, description = "" }) => ({ name, description })),
      prompts: await Promise.all(
        prompts.map(async ({ name, description = "", arguments: fields = [] }) => {
          const names = fields.map((field) => field.name);
          return { name, description, arguments: names, text: await textOf(client, name, names) };
        }),
      ),
    };
  } finally {
    await client.close();
  }
}

/** A prompt's text with the manifest's placeholders where a person's words go. */
async function textOf(client: Client, name: string, names: string[]): Promise<string> {
  const given = Object.fromEntries(names.map((field) => [field, `\${arguments.${field}}`]));
  const { messages } = await client.getPrompt({ name, arguments: given });
  return messages.map(({ content }) => (content.type === "text" ? content.text : "")).join("\n");
}
