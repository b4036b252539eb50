import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { instead } from "../errors.ts";
import { type Access, readAccess } from "./access.ts";
import type { Folder } from "./layout.ts";

/** What a look at a data folder shows. `detail` is a sentence for the user. */
export type Finding =
  | { state: "absent" }
  | { state: "whole"; version: string; access: Access }
  | { state: "broken"; detail: string };

const OURS = /^(cluster|cluster\.new-.*|postgres\.log.*|starting\.lock|users|runtime)$/;
const HARMLESS = /^(\..*|lost\+found|desktop\.ini|thumbs\.db)$/i;
const VITAL = [
  "base",
  "global/pg_control",
  "pg_wal",
  "pg_xact",
  "pg_hba.conf",
  "postgresql.conf",
  "outreach.json",
];

/**
 * Looks at a data folder and changes nothing in it.
 * @param major the major version of the PostgreSQL at hand, null to accept any
 * @throws system errors, such as EACCES
 */
export async function inspect(folder: Folder, major: string | null): Promise<Finding> {
  const names = await entriesOf(folder.root);
  if (names === "file") {
    return broken(`${folder.root} is not a folder: it or a part of its path is a file.`, CHOOSE);
  }
  if (names === null) return { state: "absent" };
  if (!names.includes("cluster")) return inspectWithoutCluster(folder, names, major);

  const parts = await entriesOf(folder.cluster);
  if (parts === null) return { state: "absent" };
  if (parts === "file") return incomplete(folder, "it is a file, not a folder");
  const version = await versionIn(folder.cluster);
  if (version === null) return incomplete(folder, "PG_VERSION is missing or unreadable");
  if (major !== null && version !== major) {
    return broken(
      `The database in ${folder.cluster} was made by PostgreSQL ${version}, but this program comes with PostgreSQL ${major}; it was left untouched.`,
      "Use the release of this program that made it, or move the folder away to begin with an empty database.",
    );
  }
  for (const name of VITAL) {
    const part = await stat(path.join(folder.cluster, name)).catch(
      instead(null, "ENOENT", "ENOTDIR"),
    );
    if (part === null) return incomplete(folder, `${name} is missing`);
  }
  const access = await readAccess(folder.cluster);
  if (access === null) return incomplete(folder, "outreach.json is damaged");
  return { state: "whole", version, access };
}

const CHOOSE = "Set OUTREACH_DATA_DIR to a new or empty folder.";

async function inspectWithoutCluster(
  folder: Folder,
  names: string[],
  major: string | null,
): Promise<Finding> {
  if (names.includes("PG_VERSION")) {
    const version = (await versionIn(folder.root)) ?? "of an unknown version";
    const ours = major === null || major === version ? "" : ` (this one comes with ${major})`;
    return broken(
      `${folder.root} holds a PostgreSQL ${version} database that this program did not make${ours}; it was left untouched.`,
      CHOOSE,
    );
  }
  const strange = names.find((name) => !OURS.test(name) && !HARMLESS.test(name));
  if (strange === undefined) return { state: "absent" };
  return broken(`${folder.root} holds files of something else (such as ${strange}).`, CHOOSE);
}

function incomplete(folder: Folder, what: string): Finding {
  return broken(
    `The database in ${folder.cluster} is damaged or incomplete (${what}) and was left untouched.`,
    "Restore it from a backup, or move the folder away to begin with an empty database.",
  );
}

function broken(what: string, remedy: string): Finding {
  return { state: "broken", detail: `${what} ${remedy}` };
}

async function versionIn(folder: string): Promise<string | null> {
  const file = path.join(folder, "PG_VERSION");
  const text = await readFile(file, "utf8").catch(instead("", "ENOENT", "EISDIR"));
  return /^\d+(\.\d+)?\s*$/.test(text) ? text.trim() : null;
}

async function entriesOf(folder: string): Promise<string[] | "file" | null> {
  return readdir(folder)
    .catch(instead(null, "ENOENT"))
    .catch(instead("file" as const, "ENOTDIR"));
}
