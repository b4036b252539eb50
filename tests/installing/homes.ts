import { spawn } from "node:child_process";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { CLIENTS } from "../../src/cli/connect/clients.ts";
import { temporary } from "../embedded/helpers.ts";

const CLI = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
export const PROGRAM = fileURLToPath(new URL("../../dist/organiser.js", import.meta.url));

/** A home as somebody has it who uses all seven clients: comments, other servers, a mark, line ends of Windows. */
export const SETTINGS: Record<string, string> = {
  "claude-desktop": `{
  "mcpServers": {
    "files": { "command": "npx", "args": ["-y", "files"] }
  },
  "globalShortcut": "Ctrl+Space"
}
`,
  "claude-code": `{"numStartups":12,"projects":{"/x":{"allowedTools":[]}},"mcpServers":{"files":{"type":"stdio","command":"npx","args":[],"env":{}}}}`,
  cursor:
    '\uFEFF{\r\n\t// mine\r\n\t"mcpServers": {\r\n\t\t"files": {}, // about files\r\n\t},\r\n}\r\n',
  vscode: `{
    // servers of mine
    "servers": {
        /* the first */
        "files": {
            "type": "stdio",
            "command": "npx" // by npm
        }
    },
    "inputs": []
}
`,
  windsurf: "",
  gemini: `{
  "theme": "Dark"
}
`,
  codex: `# my own settings
model = "gpt-5" # the good one

[mcp_servers.files]
# about files
command = "npx"
args = [
  "-y", # yes
  "files",
]

# what I was asked
[history]
persistence = "none"
`,
};

export interface Home {
  folder: string;
  /** Where a client keeps its settings. */
  file: (client: string) => string;
  text: (client: string) => Promise<string>;
  put: (client: string, text: string) => Promise<void>;
  run: (parameters: string[], options?: RunOptions) => Promise<Ran>;
}

interface RunOptions {
  env?: Record<string, string>;
  /** What is typed, a line each; nothing more comes then. */
  answers?: string[];
  user?: { uid: number; gid: number };
  /** The command line of another installation. */
  cli?: string;
}

interface Ran {
  code: number | null;
  output: string;
  errors: string;
}

/** A home of its own for a real process of the command line, with the settings of these clients. */
export async function homeWith(clients: readonly string[]): Promise<Home> {
  const folder = await temporary();
  await chmod(folder, 0o755);
  const machine = { platform: process.platform, home: folder, environment: {} };
  const file = (name: string) => CLIENTS.find((client) => client.name === name)!.file(machine);
  const put = async (client: string, text: string) => {
    await mkdir(path.dirname(file(client)), { recursive: true });
    await writeFile(file(client), text);
  };
  for (const client of clients) await put(client, SETTINGS[client] ?? "");
  return {
    folder,
    file,
    put,
    text: (client) => readFile(file(client), "utf8"),
    run: (parameters, options = {}) => run(folder, parameters, options),
  };
}

async function run(home: string, parameters: string[], options: RunOptions): Promise<Ran> {
  const child = spawn(process.execPath, [options.cli ?? CLI, ...parameters], {
    // No PATH: a `claude` of this machine is none of the test's.
    env: { HOME: home, USERPROFILE: home, ...options.env },
    cwd: home,
    stdio: ["pipe", "pipe", "pipe"],
    ...options.user,
  });
  let output = "";
  let errors = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
  child.stdin.on("error", () => undefined);
  child.stdin.end((options.answers ?? []).map((line) => `${line}\n`).join(""));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, output, errors };
}
