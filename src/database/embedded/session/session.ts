import { EmbeddedDatabaseError } from "../errors.ts";
import type { Access } from "../folder/access.ts";
import type { Folder } from "../folder/layout.ts";
import { safeWayTo } from "../processes/endpoint.ts";
import { type Obstacle, obstacleIn, openSocket, Unavailable } from "../processes/socket.ts";

/** One connection of its own, outside any pool, that does not keep the process alive when idle. */
export type Session = Awaited<ReturnType<typeof openSession>>;

/** Milliseconds for which a server that accepts a connection may keep silent. */
const SILENCE = 10_000;

/**
 * Opens a session with a folder's server. The first question asked shows whether it lets us in.
 * @throws Unavailable, also from each of the session's methods
 */
export async function openSession(folder: Folder, access: Access, applicationName: string) {
  const connection = await safeWayTo(folder, access);
  if (connection === null) throw new Unavailable("down");
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

  /** Asks for one row. Keeps the process alive while a question is out, and only then. */
  async function ask<Row>(question: () => PromiseLike<Row[]>): Promise<Row | undefined> {
    if (closed) throw new Unavailable("changing");
    socket.ref();
    try {
      return (await question())[0];
    } catch (error) {
      throw new Unavailable(obstacleIn(error), error);
    } finally {
      socket.unref();
    }
  }

  // The lock is PostgreSQL's own: it falls with the connection, however its process ends.
  return {
    connection,
    /** Whether the connection is gone. */
    get closed() {
      return closed;
    },
    /** Registers as a user of the database. False while somebody is about to stop it. */
    enter: async (): Promise<boolean> => {
      const row = await ask(
        () => sql<{ entered: boolean | null }[]>`
          select pg_try_advisory_lock_shared(1869968498, 1) as entered`,
      );
      return row?.entered === true;
    },
    /** Stops being a user, and keeps newcomers out if none is left. False if there are others. */
    leaveLast: async (): Promise<boolean> => {
      await ask(
        () => sql<{ left: boolean | null }[]>`
          select pg_advisory_unlock_shared(1869968498, 1) as left
          where exists (
            select from pg_locks
            where locktype = 'advisory' and classid = 1869968498 and objid = 1
              and pid = pg_backend_pid()
          )`,
      );
      const row = await ask(
        () => sql<{ alone: boolean | null }[]>`
          select pg_try_advisory_lock(1869968498, 1) as alone`,
      );
      return row?.alone === true;
    },
    /** How many users there are, and the server's version, such as "17.10". */
    users: async (): Promise<{ users: number; version: string }> => {
      const row = await ask(
        () => sql<{ users: number; version: string | null }[]>`
          select count(*)::int as users,
                 split_part(current_setting('server_version'), ' ', 1)::text as version
          from pg_locks
          where locktype = 'advisory' and classid = 1869968498 and objid = 1
            and mode = 'ShareLock' and granted`,
      );
      return { users: row?.users ?? 0, version: row?.version ?? "" };
    },
    close: async (): Promise<void> => {
      if (!closed) socket.ref();
      await sql.end({ timeout: 1 }).catch(() => undefined);
      socket.destroy();
    },
  };
}

/**
 * Asks a folder's server on a session of its own, which is closed after it.
 * @throws Unavailable
 */
export async function askServer<Answer>(
  folder: Folder,
  access: Access,
  applicationName: string,
  question: (session: Session) => Promise<Answer>,
): Promise<Answer> {
  const session = await openSession(folder, access, applicationName);
  try {
    return await question(session);
  } finally {
    await session.close();
  }
}

/** What the user is told when the running database does not let us in. */
export function notLetIn(
  folder: Folder,
  obstacle: Exclude<Obstacle, "down" | "changing">,
  cause: Error,
): EmbeddedDatabaseError {
  const sentence = {
    full: `The database in ${folder.root} has as many connections as it takes. Close a program that uses it and try again.`,
    refused: `The database in ${folder.root} does not know the password in ${folder.cluster} or lacks its contents; it was left untouched. Restore the folder from a backup, or move it away to begin with an empty database.`,
    forbidden: `The database in ${folder.root} belongs to another user of this machine. Choose another folder with OUTREACH_DATA_DIR.`,
  }[obstacle];
  return new EmbeddedDatabaseError(sentence, { cause });
}
