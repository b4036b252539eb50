import { connect, type Socket } from "node:net";
import path from "node:path";
import { codeOf } from "../errors.ts";
import type { EmbeddedConnection } from "./endpoint.ts";

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

/** Whether a server accepts connections there, ready or not. */
export async function listens(connection: EmbeddedConnection): Promise<boolean> {
  try {
    (await openSocket(connection)).destroy();
    return true;
  } catch (error) {
    if (error instanceof Unavailable) return false;
    throw error;
  }
}

/**
 * Connects a socket to where a server listens.
 * @throws Unavailable
 */
export function openSocket({ host, port }: EmbeddedConnection): Promise<Socket> {
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

/** What an error of the system or of PostgreSQL says of the server. */
export function obstacleIn(error: unknown): Obstacle {
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
