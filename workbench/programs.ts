import { spawnSync, spawn, type ChildProcess } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseAddress } from "../src/database/address.ts";

/** A PostgreSQL or pooler that a test started from programs of the system. */
export interface Started {
  url: string;
  stop(): void;
}

const isRoot = process.getuid?.() === 0;
/** PostgreSQL and PgBouncer refuse to run as root; 65534 is nobody. */
const asUser = isRoot ? { uid: 65534, gid: 65534 } : {};

/** Folder of a PostgreSQL version's programs as Debian packs them, or null where it is not installed. */
export function debianPrograms(version: number): string | null {
  const folder = `/usr/lib/postgresql/${version}/bin`;
  return existsSync(path.join(folder, "initdb")) ? folder : null;
}

/** Starts a throw-away PostgreSQL from a folder of programs, on a free port of this machine only. */
export async function startPostgres(programs: string): Promise<Started> {
  const folder = ownFolder("event-outreach-postgres-");
  const data = path.join(folder, "data");
  const port = await freePort();
  const run = (program: string, ...parameters: string[]) => {
    const { status, stderr } = spawnSync(path.join(programs, program), parameters, {
      ...asUser,
      cwd: folder,
      stdio: ["ignore", "ignore", program === "initdb" ? "pipe" : "ignore"],
    });
    if (status !== 0) throw new Error(`${program} failed: ${String(stderr)}`);
  };
  run("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C");
  const settings = `-p ${port} -k ${folder} -c listen_addresses=127.0.0.1 -c fsync=off`;
  run("pg_ctl", "-D", data, "-w", "-l", path.join(folder, "log"), "-o", settings, "start");
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    stop: () => {
      run("pg_ctl", "-D", data, "-m", "immediate", "stop");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Whether there is a pooler to test with. */
export function hasPgBouncer(): boolean {
  return spawnSync("pgbouncer", ["--version"], { stdio: "ignore" }).status === 0;
}

/** The server and database that an address names, as {@link startPgBouncer} takes them. */
export function targetOf(url: string): Target {
  const { hosts, socket, user, password, database } = parseAddress(url);
  return {
    host: socket ?? hosts[0]!.name,
    port: hosts[0]!.port,
    user: user ?? "postgres",
    password: password ?? "",
    database: database!,
  };
}

interface Target {
  host: string;
  port: number;
  user: string;
  password: string;
  database: string;
}

/** Starts a PgBouncer in transaction mode in front of a database; its name stays the same. */
export async function startPgBouncer(target: Target, connections = 5): Promise<Started> {
  const folder = ownFolder("event-outreach-pooler-");
  const port = await freePort();
  const forward = target.host.startsWith("/") ? await forwardTo(target) : undefined;
  const server = forward ? { host: "127.0.0.1", port: forward.port } : target;
  writeFileSync(path.join(folder, "users"), `"${target.user}" "${target.password}"\n`, {
    mode: 0o644,
  });
  const configuration = path.join(folder, "pgbouncer.ini");
  writeFileSync(
    configuration,
    `[databases]
* = host=${server.host} port=${server.port} user=${target.user}${target.password === "" ? "" : ` password=${target.password}`}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
auth_file = ${path.join(folder, "users")}
pool_mode = transaction
default_pool_size = ${connections}
`,
    { mode: 0o644 },
  );
  const child: ChildProcess = spawn("pgbouncer", [configuration], {
    ...asUser,
    cwd: folder,
    stdio: "ignore",
  });
  await listening(port);
  return {
    url: `postgres://${encodeURIComponent(target.user)}@127.0.0.1:${port}/${target.database}?sslmode=disable`,
    stop: () => {
      child.kill("SIGKILL");
      forward?.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A port of this machine that leads to a socket in a folder which the pooler's user may not enter. */
async function forwardTo(target: {
  host: string;
  port: number;
}): Promise<{ port: number; close(): void }> {
  // As PostgreSQL's own port: an answer of several packets would wait 40 ms for an acknowledgement.
  const server = net.createServer({ noDelay: true }, (client) => {
    const socket = net.connect(path.join(target.host, `.s.PGSQL.${target.port}`));
    client.pipe(socket).pipe(client);
    client.on("error", () => socket.destroy());
    socket.on("error", () => client.destroy());
  });
  server.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  return {
    port: typeof address === "object" ? (address?.port ?? 0) : 0,
    close: () => server.close(),
  };
}

function ownFolder(prefix: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), prefix));
  if (isRoot) chownSync(folder, 65534, 65534);
  return folder;
}

/** A port that nobody listens on at the moment. */
async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" ? (address?.port ?? 0) : 0;
}

async function listening(port: number): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = net.connect(port, "127.0.0.1");
      socket.once("connect", () => {
        socket.destroy();
        resolve(true);
      });
      socket.once("error", () => resolve(false));
    });
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("the pooler does not listen");
}
