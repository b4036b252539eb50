import { connect, type Socket } from "node:net";
import path from "node:path";
import type { EmbeddedConnection } from "./endpoint.ts";
import { codeOf } from "../errors.ts";

/** Why the server cannot be used now: not there, on its way up or down, no room, no admission. */
export type Obstacle = "down" | "changing" | "full" | "refused" | "forbidden";

/** Thrown by sessions; never seen by the user. */
export class Unavailable extends Error {
  readonly obstacle: Obstacle;

  constructor(obstacle: Obstacle, cause?: unknown) {
    super(obstacle, { cause });
    this.obstacle = obstacle;
  }
}

/** One connection of its own, outside any pool, that does not keep the process alive when idle. */
export interface Session {
  /** Whether the connection is gone. */
  readonly closed: boolean;
  /** Registers as a user of the database. False while somebody is about to stop it. */
  enter(): Promise<boolean>;
  /** Ends being a user, and bars newcomers if there is none left. False if there are others. */
  leaveLast(): Promise<boolean>;
  /** How many users there are. */
  users(): Promise<number>;
  /** The server's version, such as "17.10". */
  version(): Promise<string>;
  close(): Promise<void>;
}

/** Milliseconds for which a server that accepts a connection may keep silent. */
const SILENCE = 10_000;

/**
 * Opens a session. The first question asked shows whether the server lets it in.
 * @throws Unavailable, also from each of the session's methods
 */
export async function openSession(
  connection: EmbeddedConnection,
  applicationName: string,
): Promise<Session> {
  const socket = await openSocket(connection);
  let closed = false;
  socket.once("close", () => {
    closed = true;
  });
  const { default: postgres } = await import("postgres");
  let used = false;
  const options = {
    ...connection,
    max: 1,
    prepare: false,
    fetch_types: false,
    ssl: false,
    idle_timeout: 0,
    max_lifetime: null,
    connect_timeout: SILENCE / 1000,
    connection: { application_name: applicationName },
    onnotice: () => undefined,
    // One connection is one session: a new one would have lost what this one holds.
    socket: () => {
      if (used || closed) throw new Unavailable("changing");
      used = true;
      return socket;
    },
  };
  // postgres.js takes a ready socket, but its types do not name that option.
  const sql = postgres(options);

  /** Keeps the process alive while a question is out, and only then. */
  async function ask<T>(question: () => Promise<T>): Promise<T> {
    if (closed) throw new Unavailable("changing");
    socket.ref();
    try {
      return await question();
    } catch (error) {
      throw new Unavailable(obstacleIn(error), error);
    } finally {
      socket.unref();
    }
  }

  // The lock is PostgreSQL's own: it falls with the connection, however its process ends.
  return {
    get closed() {
      return closed;
    },
    enter: () =>
      ask(async () => {
        const [row] = await sql<{ entered: boolean | null }[]>`
          select pg_try_advisory_lock_shared(1869968498, 1) as entered`;
        return row?.entered === true;
      }),
    leaveLast: () =>
      ask(async () => {
        await sql<{ left: boolean | null }[]>`
          select pg_advisory_unlock_shared(1869968498, 1) as left
          where exists (
            select from pg_locks
            where locktype = 'advisory' and classid = 1869968498 and objid = 1
              and pid = pg_backend_pid()
          )`;
        const [row] = await sql<{ alone: boolean | null }[]>`
          select pg_try_advisory_lock(1869968498, 1) as alone`;
        return row?.alone === true;
      }),
    users: () =>
      ask(async () => {
        const [row] = await sql<{ users: number }[]>`
          select count(*)::int as users
          from pg_locks
          where locktype = 'advisory' and classid = 1869968498 and objid = 1
            and mode = 'ShareLock' and granted`;
        return row?.users ?? 0;
      }),
    version: () =>
      ask(async () => {
        const [row] = await sql<{ version: string | null }[]>`
          select split_part(current_setting('server_version'), ' ', 1)::text as version`;
        return row?.version ?? "";
      }),
    close: async () => {
      if (!closed) socket.ref();
      await sql.end({ timeout: 1 }).catch(() => undefined);
      socket.destroy();
    },
  };
}

/** Tries whether anything accepts connections there, and hangs up. */
export async function connects(connection: EmbeddedConnection): Promise<"open" | Obstacle> {
  try {
    (await openSocket(connection)).destroy();
    return "open";
  } catch (error) {
    if (error instanceof Unavailable) return error.obstacle;
    throw error;
  }
}

function openSocket({ host, port }: EmbeddedConnection): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = host.startsWith("/")
      ? connect(path.join(host, `.s.PGSQL.${String(port)}`))
      : connect(port, host);
    const failed = (error: Error): void => reject(new Unavailable(obstacleIn(error), error));
    socket.once("error", failed);
    socket.once("connect", () => {
      socket.off("error", failed);
      // Whoever reads the session hears of errors; without any listener they would end the process.
      socket.on("error", () => undefined);
      resolve(socket);
    });
  });
}

function obstacleIn(error: unknown): Obstacle {
  if (error instanceof Unavailable) return error.obstacle;
  switch (codeOf(error)) {
    case "ENOENT":
    case "ENOTDIR":
    case "ECONNREFUSED":
    case "ENOTSOCK":
    case "EINVAL":
      return "down";
    case "EACCES":
    case "EPERM":
      return "forbidden";
    case "53300":
      return "full";
    case "28P01":
    case "28000":
    case "3D000":
      return "refused";
    default:
      // 57P03 (starting or stopping), 57P01 (stopped under us), a broken connection.
      return "changing";
  }
}
