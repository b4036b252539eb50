import { chmod, mkdir } from "node:fs/promises";
import path from "node:path";
import { clearUnfinished, makeCluster } from "./cluster.ts";
import { prepareWay, safeWayTo } from "./endpoint.ts";
import { EmbeddedDatabaseError } from "../errors.ts";
import { type Finding, inspect } from "../folder/inspection.ts";
import type { Folder } from "../folder/layout.ts";
import { tryLock } from "../folder/lock.ts";
import { ownerFor } from "../folder/owner.ts";
import { refuseStrangersFolder } from "../folder/strangers.ts";
import { clearWay } from "./processes.ts";
import { findPackage } from "./package.ts";
import { runnablePrograms } from "./runtime.ts";
import { launch } from "./server.ts";
import { listens } from "./socket.ts";

/** What a try to start came to: done (a server listens), or a reason to look again in a moment. */
export type Progress = "started" | "locked" | "occupied";

/**
 * Starts the server of a data folder, making the cluster first if there is none.
 * @throws EmbeddedDatabaseError if the folder or PostgreSQL do not allow it; a folder that is not
 * ours is left as it was
 */
export async function start(folder: Folder): Promise<Progress> {
  const pack = await findPackage();
  // Before the lock, whose file would change a folder that is not ours.
  refuseBroken(await inspect(folder, pack.major));
  await makeRoot(folder);
  const unlock = await tryLock(folder);
  if (unlock === null) return "locked";
  try {
    const owner = await ownerFor(folder);
    await clearUnfinished(folder);
    let bin: string | undefined;
    let found = refuseBroken(await inspect(folder, pack.major));
    if (found.state === "absent") {
      bin = await runnablePrograms(pack, folder, owner);
      await makeCluster(folder, bin, owner);
      found = refuseBroken(await inspect(folder, pack.major));
      if (found.state === "absent") return "occupied";
    }
    const access = await prepareWay(folder, found.access, owner);
    const known = await safeWayTo(folder, access);
    if (known !== null && (await listens(known))) return "started";
    if (!(await clearWay(folder.cluster, access))) return "occupied";
    bin ??= await runnablePrograms(pack, folder, owner);
    return (await launch(folder, bin, owner, access)) ? "started" : "occupied";
  } finally {
    await unlock();
  }
}

function refuseBroken(finding: Finding): Exclude<Finding, { state: "broken" }> {
  if (finding.state === "broken") throw new EmbeddedDatabaseError(finding.detail);
  return finding;
}

/** Makes the data folder, private; one that exists keeps its permissions. */
async function makeRoot(folder: Folder): Promise<void> {
  const owner = await ownerFor(folder);
  const top = await mkdir(folder.root, { recursive: true, mode: 0o700 });
  // In a folder like /tmp somebody else may have been faster.
  await refuseStrangersFolder(folder);
  if (top === undefined || owner.switchTo === undefined || process.platform === "linux") return;
  // Where there is no /proc, the server enters the folder as another user than root.
  for (let part = folder.root; part.length >= top.length; part = path.dirname(part)) {
    await chmod(part, 0o711);
  }
}
