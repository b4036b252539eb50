import { lstat, readlink } from "node:fs/promises";
import path from "node:path";
import { EmbeddedDatabaseError, instead } from "../errors.ts";
import type { Folder } from "./layout.ts";
import { nameOf } from "./users.ts";

/** As many links as the system itself follows. */
const LINKS = 40;

/**
 * Keeps root out of a data folder into which others can put something: a link of theirs in the place of a
 * log or a lock would have root write, delete or give away files that are not theirs.
 *
 * @throws EmbeddedDatabaseError that says whose it is; nothing was touched then
 */
export async function refuseStrangersFolder(folder: Folder): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const found = await strangersPart(folder.root);
  if (found === null) return;
  const whose =
    found.uid === 0
      ? `others can write to ${found.part}`
      : `${found.part} belongs to ${await nameOf(found.uid)}`;
  throw new EmbeddedDatabaseError(
    `The data folder ${folder.root} is not for root: ${whose}, who could lead root to other files. Run the program as the user whose data these are (with sudo -u, say), or choose a folder of root's with OUTREACH_DATA_DIR.`,
  );
}

/** The first part of the way to a folder that another user owns or can write to, links followed. */
async function strangersPart(target: string): Promise<{ part: string; uid: number } | null> {
  let at = path.parse(target).root;
  let left = [".", ...partsOf(target)];
  let links = 0;
  for (let name = left.shift(); name !== undefined; name = left.shift()) {
    const part = path.join(at, name);
    const found = await lstat(part).catch(instead(null, "ENOENT", "ENOTDIR"));
    if (found === null) return null;
    if (found.uid !== 0) return { part, uid: found.uid };
    if (found.isSymbolicLink()) {
      links += 1;
      if (links > LINKS) return { part, uid: 0 };
      const goal = await readlink(part);
      if (path.isAbsolute(goal)) at = path.parse(goal).root;
      left = [...partsOf(goal), ...left];
      continue;
    }
    const { mode, gid } = found;
    const isOpen = (mode & 0o002) !== 0 || ((mode & 0o020) !== 0 && gid !== 0);
    // In a sticky folder, such as /tmp, nobody replaces what is another's.
    if (isOpen && (mode & 0o1000) === 0) return { part, uid: 0 };
    at = part;
  }
  return null;
}

function partsOf(place: string): string[] {
  return place.split(path.sep).filter((part) => part !== "");
}
