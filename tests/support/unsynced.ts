import { appendFile, readFile } from "node:fs/promises";
import path from "node:path";

/**
 * Lets the bundled server of a test run no longer wait for the disk, which many databases at once keep
 * busy: what is in them goes with the run, so that no power cut can take anything of worth. Does nothing
 * to a server of any other kind.
 *
 * @param url of a database on the server
 */
export async function waitForNoDisk(url: string): Promise<void> {
  const cluster = new URLSearchParams(url.slice(url.indexOf("?"))).get("host");
  if (cluster === null || !path.isAbsolute(cluster)) return;
  await appendFile(
    path.join(cluster, "postgresql.auto.conf"),
    "fsync = off\nfull_page_writes = off\n",
  );
  const [postmaster] = (await readFile(path.join(cluster, "postmaster.pid"), "utf8")).split("\n");
  process.kill(Number(postmaster), "SIGHUP");
}
