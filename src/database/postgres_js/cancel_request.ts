// Defect of postgres.js 3.4 (`cancel` in src/index.js, `ReadyForQuery` in src/connection.js): it forgets a
// cancelled query that was sent behind another, whose answer is then taken for that of the next, and it opens the
// way for the request as if it were a connection of the pool. It is gone when tests/database/cancelled.test.ts
// passes with `query.cancel()`.

import { once } from "node:events";
import type postgres from "postgres";
import { socketMakerOf } from "./socket.ts";

/** A session of the server, as it named itself when the connection was opened. */
export interface Backend {
  pid: number;
  secret: number;
}

/** Length 16, code 80877102. */
const CANCEL_REQUEST = [0, 0, 0, 16, 4, 210, 22, 46];

/** Milliseconds until the server is taken to be out of reach. */
const PATIENCE = 10_000;

/**
 * Asks the server to end the statement that a session is at. Once this is over the server, and a pooler before it,
 * has passed the request on, so that it meets no statement that is sent later.
 */
export async function requestCancel(pool: postgres.Sql, { pid, secret }: Backend): Promise<void> {
  const request = Buffer.alloc(16);
  request.set(CANCEL_REQUEST);
  request.writeUInt32BE(pid, 8);
  request.writeUInt32BE(secret, 12);
  const socket = await socketMakerOf(pool).forOneMessage();
  const timer = setTimeout(() => socket.destroy(), PATIENCE);
  try {
    const closed = once(socket, "close");
    // Unread it would not end. The other side closes it: PgBouncer 1.18 crashes where a client does so first.
    socket.resume().write(request);
    await closed;
  } finally {
    clearTimeout(timer);
  }
}
