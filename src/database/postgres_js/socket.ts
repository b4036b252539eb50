// Defects of postgres.js 3.4 (`closed` in src/connection.js), because of which its sockets are opened
// here:
// - It meets a server that hangs up at once (a port that is forwarded to nothing) by trying again for ever.
//   It is gone when tests/database/address.test.ts passes, for a server that hangs up, with postgres.js's
//   own sockets; these also tell a missing TLS by the reset that follows only, where ours say it.
// - After an end by an error it takes it that all queries heard of the error; one that was sent between the
//   error and the end, a moment later, waits for ever. It is gone when tests/database/reset.test.ts passes
//   without `closeInGoodOrder`.
// It also sends each statement of more than a kilobyte by itself (`write`), where several go together.

import { once } from "node:events";
import net from "node:net";
import tls from "node:tls";
import type postgres from "postgres";

/** Where a socket goes and how it is protected. */
export interface Destination {
  host: string;
  port: number;
  /** A Unix socket, instead of host and port. */
  path?: string;
  /** Ask for TLS at all; what is then checked is in `tls`. */
  encrypt: "no" | "if offered" | "always";
  tls: tls.ConnectionOptions;
}

/** PostgreSQL's question whether the server offers TLS: length 8, code 80877103. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

/** What PostgreSQL's first message may begin with: R, E, N or v. A web server says H. */
const FIRST_ANSWERS = [82, 69, 78, 118];

/** Makes sockets that are ready for PostgreSQL's first message. */
interface SocketMaker {
  (): Promise<net.Socket>;
  /** One for a message that PostgreSQL answers by hanging up. */
  forOneMessage: () => Promise<net.Socket>;
}

/**
 * Makes the sockets of a pool.
 *
 * @param destinations tried in turn
 * @param timeout milliseconds for each
 */
export function socketMaker(destinations: readonly Destination[], timeout: number): SocketMaker {
  let hungUp = false;
  const make = async () => {
    if (hungUp) {
      hungUp = false;
      throw coded("CONNECTION_CLOSED", "the server hangs up");
    }
    const socket = await firstThatOpens(destinations, timeout);
    let answered = false;
    socket.once("data", (data: Buffer) => (answered = FIRST_ANSWERS.includes(data[0] ?? 0)));
    socket.once("close", () => (hungUp = !answered));
    closeInGoodOrder(socket);
    sendTogether(socket);
    return socket;
  };
  return Object.assign(make, { forOneMessage: () => firstThatOpens(destinations, timeout) });
}

/** How the sockets of a pool are made. */
export function socketMakerOf(pool: postgres.Sql): SocketMaker {
  // An option that postgres.js has but does not declare.
  return (pool.options as unknown as { socket: SocketMaker }).socket;
}

/** Where a database of this machine listens, unencrypted; a host that begins with a slash is a socket's folder. */
export function local(host: string, port: number): Destination {
  const path = host.startsWith("/") ? { path: `${host}/.s.PGSQL.${String(port)}` } : {};
  return { host, port, ...path, encrypt: "no", tls: {} };
}

/** Lets every end of a socket look like one in good order, after which queries under way are refused. */
function closeInGoodOrder(socket: net.Socket): void {
  const emit = socket.emit.bind(socket) as (
    event: string | symbol,
    ...values: unknown[]
  ) => boolean;
  socket.emit = (event: string | symbol, ...values: unknown[]) =>
    emit(event, ...(event === "close" ? [false] : values));
}

/** Sends what is written in one turn of the event loop as one piece. */
function sendTogether(socket: net.Socket): void {
  const write = socket.write.bind(socket) as (...values: unknown[]) => boolean;
  let isGathering = false;
  socket.write = (...values: unknown[]) => {
    if (!isGathering) {
      isGathering = true;
      socket.cork();
      setImmediate(() => {
        isGathering = false;
        socket.uncork();
      });
    }
    return write(...values);
  };
}

async function firstThatOpens(
  destinations: readonly Destination[],
  timeout: number,
): Promise<net.Socket> {
  let failure: unknown;
  for (const destination of destinations) {
    try {
      return await connectTo(destination, timeout);
    } catch (error) {
      failure ??= error;
    }
  }
  throw failure;
}

async function connectTo(destination: Destination, timeout: number): Promise<net.Socket> {
  const { host, port, path } = destination;
  // Else the end of what is sent waits for word that its beginning has come, which is a round trip.
  const socket = path ? net.connect(path) : net.connect({ host, port, noDelay: true });
  let current = socket;
  const signal = AbortSignal.timeout(timeout);
  const giveUp = () => current.destroy(coded("CONNECT_TIMEOUT", "the server does not answer"));
  signal.addEventListener("abort", giveUp);
  try {
    await happens(socket, "connect");
    if (destination.encrypt === "no") return socket;
    if (!(await offersTls(socket))) {
      if (destination.encrypt === "if offered") return socket;
      throw coded("NO_TLS", "the server offers no TLS");
    }
    const { host } = destination;
    // An IP address is not a name to ask for, but it is what the certificate is held against.
    const name = net.isIP(host) ? {} : { servername: host };
    current = tls.connect({ ...destination.tls, ...name, socket, host });
    await happens(current, "secureConnect");
    return current;
  } catch (error) {
    current.destroy();
    throw error;
  } finally {
    signal.removeEventListener("abort", giveUp);
  }
}

async function offersTls(socket: net.Socket): Promise<boolean> {
  socket.write(SSL_REQUEST);
  await happens(socket, "readable");
  const answer: unknown = socket.read(1);
  // Anything but a yes or a no is not PostgreSQL speaking.
  if (Buffer.isBuffer(answer) && (answer[0] === 83 || answer[0] === 78)) return answer[0] === 83;
  throw coded("CONNECTION_CLOSED", "the server does not answer as PostgreSQL does");
}

/** Waits for an event; an error or the end of the connection ends the waiting. */
async function happens(socket: net.Socket, event: string): Promise<void> {
  const waiting = new AbortController();
  const { signal } = waiting;
  try {
    await Promise.race([
      once(socket, event, { signal }),
      once(socket, "close", { signal }).then(() => {
        throw coded("CONNECTION_CLOSED", "the server hung up");
      }),
    ]);
  } finally {
    waiting.abort();
  }
}

function coded(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}
