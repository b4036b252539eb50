import { accessSync, constants, existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";

/** The computer that clients are looked for on. */
export interface Machine {
  platform: NodeJS.Platform;
  home: string;
  environment: NodeJS.ProcessEnv;
}

/** A program that starts MCP servers, and where it keeps which ones. */
export interface Client {
  /** As it is named on the command line. */
  name: string;
  /** As people call it. */
  title: string;
  /** The file of this user's servers; the folder is there where the client was ever used. */
  file: (machine: Machine) => string;
  /** The key in that file below which each server has its name. */
  key: string;
  format: "json" | "toml";
  /** What the client wants in an entry beside command, arguments and variables. */
  also?: Record<string, string>;
  /** The client's own program that adds servers, by its name on the PATH. */
  command?: string;
}

export const CLIENTS: readonly Client[] = [
  {
    name: "claude-desktop",
    title: "Claude Desktop",
    file: (machine) => path.join(claudeDesktop(machine), "claude_desktop_config.json"),
    key: "mcpServers",
    format: "json",
  },
  {
    name: "claude-code",
    title: "Claude Code",
    file: ({ home, environment }) =>
      path.join(environment.CLAUDE_CONFIG_DIR ?? home, ".claude.json"),
    key: "mcpServers",
    format: "json",
    also: { type: "stdio" },
    command: "claude",
  },
  {
    name: "cursor",
    title: "Cursor",
    file: ({ home }) => path.join(home, ".cursor", "mcp.json"),
    key: "mcpServers",
    format: "json",
  },
  {
    name: "vscode",
    title: "VS Code",
    file: (machine) => path.join(applications(machine), "Code", "User", "mcp.json"),
    key: "servers",
    format: "json",
    also: { type: "stdio" },
  },
  {
    name: "windsurf",
    title: "Windsurf",
    file: ({ home }) => path.join(home, ".codeium", "windsurf", "mcp_config.json"),
    key: "mcpServers",
    format: "json",
  },
  {
    name: "gemini",
    title: "Gemini CLI",
    file: ({ home }) => path.join(home, ".gemini", "settings.json"),
    key: "mcpServers",
    format: "json",
  },
  {
    name: "codex",
    title: "Codex",
    file: ({ home, environment }) =>
      path.join(environment.CODEX_HOME ?? path.join(home, ".codex"), "config.toml"),
    key: "mcp_servers",
    format: "toml",
  },
];

/** This computer, for the user who runs the program. */
export function thisMachine(environment: NodeJS.ProcessEnv): Machine {
  return { platform: process.platform, home: homedir(), environment };
}

/** Whether a client was ever used here. */
export function isHere(client: Client, machine: Machine): boolean {
  if (client.command !== undefined) {
    return existsSync(client.file(machine)) || onPath(client.command, machine) !== null;
  }
  return existsSync(path.dirname(client.file(machine)));
}

/** The full path of a program on the PATH; on Windows an .exe, as others need a shell. Null where there is none. */
export function onPath(name: string, { platform, environment }: Machine): string | null {
  const file = platform === "win32" ? `${name}.exe` : name;
  const places = (environment.PATH ?? environment.Path ?? "").split(path.delimiter);
  return (
    places
      .filter((folder) => folder !== "")
      .map((folder) => path.join(folder, file))
      .find(isRunnable) ?? null
  );
}

/** The folder inside `Packages` to which Windows sends what Claude Desktop of the Microsoft Store writes; null without it. */
export function storeFolder({ platform, home, environment }: Machine): string | null {
  if (platform !== "win32") return null;
  const local = environment.LOCALAPPDATA ?? path.join(home, "AppData", "Local");
  const packages = path.join(local, "Packages");
  const [own] = existsSync(packages)
    ? readdirSync(packages).filter((name) => name.startsWith("Claude_"))
    : [];
  return own === undefined ? null : path.join(packages, own, "LocalCache", "Roaming", "Claude");
}

function claudeDesktop(machine: Machine): string {
  return storeFolder(machine) ?? path.join(applications(machine), "Claude");
}

/** Where the system has programs keep this user's settings. */
function applications({ platform, home, environment }: Machine): string {
  switch (platform) {
    case "darwin":
      return path.join(home, "Library", "Application Support");
    case "win32":
      return environment.APPDATA ?? path.join(home, "AppData", "Roaming");
    default:
      return environment.XDG_CONFIG_HOME ?? path.join(home, ".config");
  }
}

function isRunnable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
