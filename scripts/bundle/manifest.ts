import manifest from "../../package.json" with { type: "json" };
import type { Offered } from "./offered.ts";

/** The systems for which there is a bundle, as Node names them. */
export const PLATFORMS = {
  "linux-x64": { system: "linux", postgres: ["linux-x64"] },
  "win32-x64": { system: "win32", postgres: ["windows-x64"] },
  // The same programs run on both kinds of processor.
  darwin: { system: "darwin", postgres: ["darwin-arm64"] },
} as const;
export type Platform = keyof typeof PLATFORMS;

/** What a person may fill in, and the variable by which the server reads it. */
const FIELDS = {
  time_zone: {
    variable: "OUTREACH_TIMEZONE",
    type: "string",
    title: "Time zone",
    description:
      "The time zone of your events, such as Africa/Johannesburg. Empty: that of this computer.",
  },
  brevo_api_key: {
    variable: "BREVO_API_KEY",
    type: "string",
    title: "Brevo API key",
    description: "Only needed to send mail through Brevo. Empty: nothing can be sent.",
    sensitive: true,
  },
  templates: {
    variable: "OUTREACH_TEMPLATES",
    type: "file",
    title: "List of mail templates",
    description: "Your own templates.json, if you send mail through Brevo. Empty: the bundled one.",
  },
  data_folder: {
    variable: "OUTREACH_DATA_DIR",
    type: "directory",
    title: "Data folder",
    description: "Where the bundled database is kept. Empty: the usual place of this system.",
  },
  database_url: {
    variable: "DATABASE_URL",
    type: "string",
    title: "Database address",
    description:
      "A PostgreSQL database of your own. Empty: the bundled one, which needs no set-up.",
    sensitive: true,
  },
  actor: {
    variable: "OUTREACH_ACTOR",
    type: "string",
    title: "Your name",
    description: "Who writes, as the history keeps it. Empty: your name on this computer.",
  },
} as const;

const PRIVACY =
  "Everything is kept in a database on this computer, or in the one whose address you give. Nothing leaves it but what you send through Brevo with your own key, and no use is reported to anybody.";

/** The manifest of a bundle for Claude Desktop (MCPB 0.3). */
export function manifestFor(platform: Platform, { tools, prompts }: Offered) {
  const { system } = PLATFORMS[platform];
  const fields = Object.entries(FIELDS);
  return {
    manifest_version: "0.3",
    name: manifest.name,
    display_name: "Event Outreach",
    version: manifest.version,
    description: manifest.description,
    long_description: `The memory of an event organiser's outreach: who was sent what, through which channel, for which event, and what came of it. Reads the exports of ticket shops and speaker platforms, answers questions, and sends mail through Brevo once a person has said yes.\n\n**Privacy.** ${PRIVACY}`,
    author: { name: manifest.author },
    repository: { type: "git", url: manifest.repository.url.replace(/^git\+/u, "") },
    homepage: manifest.homepage,
    documentation: manifest.homepage,
    support: manifest.bugs,
    icon: "icon.png",
    server: {
      type: "node",
      entry_point: "dist/organiser.js",
      mcp_config: {
        command: "node",
        args: ["${__dirname}/dist/organiser.js"],
        env: Object.fromEntries(
          fields.map(([name, { variable }]) => [variable, `\${user_config.${name}}`]),
        ),
      },
    },
    tools,
    prompts,
    keywords: manifest.keywords,
    license: manifest.license,
    privacy_policies: ["https://www.brevo.com/legal/privacypolicy/"],
    compatibility: { platforms: [system], runtimes: { node: manifest.engines.node } },
    user_config: Object.fromEntries(
      fields.map(([name, { variable: _, ...field }]) => [
        name,
        { ...field, required: false, default: "" },
      ]),
    ),
  };
}
