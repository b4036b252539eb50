import { once } from "node:events";
import net from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { parseAddress } from "../src/database/address.ts";

/** A database, or the pooler before it, as one reaches it from far away. */
export interface Distance {
  /** Its address by the long way; statements are not prepared on it. */
  url: string;
  /**
   * The round trips of a piece of work: each time that the client sends after it has heard something.
   * What it sends in a burst, without waiting, is one. The opening of a connection is none, and nothing
   * of the work before or after is in it.
   */
  tripsOf(work: () => Promise<unknown>): Promise<number>;
  /** As {@link tripsOf}, of each transaction in the order in which they begin. */
  transactionsOf(work: () => Promise<unknown>): Promise<number[]>;
  close(): Promise<void>;
}

/**
 * Puts a way of so many milliseconds there and back before the PostgreSQL or pooler of this address.
 * What is sent together travels together, as on a line that is long but not narrow. Of 0 ms it is a port
 * of this machine before a database that has a socket only.
 */
export async function distanceTo(url: string, roundTrip: number): Promise<Distance> {
  const { hosts, socket, user, password, database } = parseAddress(url);
  const { name, port } = hosts[0]!;
  const ways = new Set<Way>();
  let trips: number[] = [];
  const server = net.createServer({ noDelay: true }, (client) => {
    const target =
      socket === undefined
        ? net.connect({ port, host: name, noDelay: true })
        : net.connect(`${socket}/.s.PGSQL.${String(port)}`);
    let transaction = 0;
    const way = new Way(client, target, roundTrip / 2, (sent) => {
      if (sent.includes("BEGIN ")) transaction = trips.push(0) - 1;
      trips[transaction] = (trips[transaction] ?? 0) + 1;
    });
    ways.add(way);
    client.once("close", () => ways.delete(way));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const own = typeof address === "object" ? String(address?.port) : "";
  const secret = password === undefined ? "" : `:${encodeURIComponent(password)}`;
  const quiet = async () => {
    // Twice, as the second part of an answer may follow the first.
    for (let looks = 0; looks < 2; looks++) {
      while ([...ways].some((way) => !way.isQuiet)) await pause(1);
      if (looks === 0) await pause(roundTrip);
    }
  };
  const transactionsOf = async (work: () => Promise<unknown>) => {
    await quiet();
    trips = [];
    await work();
    await quiet();
    return trips;
  };
  return {
    url: `postgres://${encodeURIComponent(user ?? "postgres")}${secret}@127.0.0.1:${own}/${encodeURIComponent(database ?? "")}?sslmode=disable`,
    tripsOf: async (work) => (await transactionsOf(work)).reduce((sum, one) => sum + one, 0),
    transactionsOf,
    close: async () => {
      for (const way of ways) way.cut();
      server.close();
      await once(server, "close");
    },
  };
}

/** The last message of a connection's opening: ready for the first query. */
const READY = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);

/** One connection. */
class Way {
  #isOpen = false;
  /** The client has heard something since it last began to send. */
  #hasHeard = true;
  /** Pieces of data between the two ends. */
  #underWay = 0;
  /** The end of what the server said in the opening. */
  #opening = Buffer.alloc(0);
  readonly #client: net.Socket;
  readonly #target: net.Socket;

  constructor(
    client: net.Socket,
    target: net.Socket,
    half: number,
    onTrip: (sent: Buffer) => void,
  ) {
    this.#client = client;
    this.#target = target;
    for (const [from, to] of [
      [client, target],
      [target, client],
    ] as const) {
      from.on("error", () => to.destroy());
      from.on("close", () => later(half, () => to.destroy()));
    }
    client.on("data", (data) => {
      if (this.#isOpen && this.#hasHeard) {
        this.#hasHeard = false;
        onTrip(data);
      }
      this.#carry(half, () => target.write(data));
    });
    target.on("data", (data) =>
      this.#carry(half, () => {
        client.write(data);
        this.#hasHeard = true;
        if (this.#isOpen) return;
        this.#opening = Buffer.concat([this.#opening, data]).subarray(-READY.length);
        this.#isOpen = this.#opening.equals(READY);
      }),
    );
  }

  /** Whether nothing is under way, nor anything that the client sent without an answer. */
  get isQuiet(): boolean {
    return this.#hasHeard && this.#underWay === 0;
  }

  #carry(half: number, deliver: () => void): void {
    this.#underWay += 1;
    later(half, () => {
      this.#underWay -= 1;
      deliver();
    });
  }

  cut(): void {
    this.#client.destroy();
    this.#target.destroy();
  }
}

/** Timers of one length end in the order in which they began, so that bytes arrive in theirs. */
function later(milliseconds: number, work: () => void): void {
  // A timer of no length takes a millisecond.
  if (milliseconds === 0) work();
  else setTimeout(work, milliseconds);
}
