// Starts the server: the one of the folder that this plugin lies in, where that was built, as in a clone;
// else the published one of the plugin's version.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

const built = new URL("../dist/organiser.js", import.meta.url);
if (existsSync(built)) {
  await import(built.href);
} else {
  const manifest = new URL(".claude-plugin/plugin.json", import.meta.url);
  const { version } = JSON.parse(readFileSync(manifest, "utf8"));
  const command = `npx -y event-outreach@${version} serve`;
  // By a shell, as npx is a script, on Windows one that only a shell runs.
  const child = spawn(command, { shell: true, stdio: "inherit", windowsHide: true });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"])
    process.on(signal, () => child.kill(signal));
  child.on("error", () => process.exit(1));
  child.on("exit", (code) => process.exit(code ?? 1));
}
