import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Folder } from "../folder/layout.ts";
import { detachedStdio, plainEnvironment } from "./programs.ts";

/** Seconds between two looks. */
export const INTERVAL = 15;

/**
 * Looks every now and then whether a process that uses the database lives, and has it stopped when none
 * does. A shell and not Node: it waits as long as the server runs, in 2 MB instead of 40. It ends with
 * the server it was started for. That nobody uses the database is for the program to find out, which asks
 * PostgreSQL and keeps newcomers out: notes of processes may be missing, and their numbers be another's.
 */
const SCRIPT = `
cd "$2" || exit
while sleep ${String(INTERVAL)}; do
  read -r server < cluster/postmaster.pid || exit
  [ "$server" = "$1" ] || exit
  used=
  for user in users/*; do
    number=\${user##*/}
    if kill -0 "\${number%%.*}"; then used=1; else rm -f "$user"; fi
  done
  [ "$used" ] && continue
  [ -f "$4" ] || exit
  "$3" "$4" "$2" && exit
done
`;

/**
 * Starts the watcher, which ends a server whose last user was killed. It outlives this process, and holds
 * nothing of it.
 *
 * @param server the process number of the server
 */
export async function startWatcher(folder: Folder, server: number): Promise<void> {
  const program = stoppingProgram();
  if (!existsSync(program)) return;
  const isWindows = process.platform === "win32";
  const [file, args] = isWindows
    ? [process.execPath, [program, folder.root, "--stay"]]
    : [
        "/bin/sh",
        ["-c", SCRIPT, "event-outreach", String(server), folder.root, process.execPath, program],
      ];
  const child = spawn(file, args, {
    cwd: path.parse(folder.root).root,
    env: plainEnvironment(),
    detached: true,
    stdio: await detachedStdio("ignore"),
    windowsHide: true,
  });
  // Without it the server waits for the next user, who stops it.
  child.once("error", () => undefined);
  child.unref();
}

/** The built stop_unused.ts: beside this file, or, where the sources run, in the folder of what was built. */
function stoppingProgram(): string {
  const here = import.meta.url;
  const place = here.endsWith(".ts") ? "../../../../dist/stop_unused.js" : "./stop_unused.js";
  return fileURLToPath(new URL(place, here));
}
