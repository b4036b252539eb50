import { once } from "node:events";
import net from "node:net";
import path from "node:path";
import { withDatabase } from "../../../src/database/address.ts";
import type { EmbeddedConnection } from "../../../src/database/embedded/index.ts";
import type { Random } from "./random.ts";

/** A port of this machine in front of a database, which can be made a bad way to it. */
export interface Proxy {
  url: string;
  /** Most milliseconds that each piece of data waits; 0 passes it on at once. */
  delay: number;
  /** How likely each piece of data is to end its connection instead of arriving. */
  cutChance: number;
  /** New connections are accepted and hung up at once. */
  refusing: boolean;
  /** Ends every connection there is, by a reset or in good order. */
  cutAll(): void;
  /** Lets every connection there is hang for good: nothing passes any more, nothing is closed. */
  silenceAll(): void;
  connections(): number;
  close(): Promise<void>;
}

/** Puts a proxy in front of the socket of a database. */
export async function startProxy(
  { host, port, user, password, database }: EmbeddedConnection,
  random: Random,
): Promise<Proxy> {
  const pairs = new Set<Pair>();
  const server = net.createServer({ noDelay: true }, (client) => {
    client.on("error", () => undefined);
    if (proxy.refusing) {
      client.destroy();
      return;
    }
    const target = net.connect(path.join(host, `.s.PGSQL.${String(port)}`));
    const pair = new Pair(client, target, proxy, random);
    pairs.add(pair);
    client.once("close", () => pairs.delete(pair));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const at = typeof address === "object" ? String(address?.port) : "";
  const proxy: Proxy = {
    url: withDatabase(
      `postgres://${user}:${encodeURIComponent(password)}@127.0.0.1:${at}/?sslmode=disable`,
      database,
    ),
    delay: 0,
    cutChance: 0,
    refusing: false,
    cutAll: () => {
      for (const pair of pairs) pair.cut();
    },
    silenceAll: () => {
      for (const pair of pairs) pair.silent = true;
    },
    connections: () => pairs.size,
    close: async () => {
      for (const pair of pairs) pair.cut();
      server.close();
      await once(server, "close");
    },
  };
  return proxy;
}

/** One connection through a proxy. */
class Pair {
  silent = false;
  readonly #client: net.Socket;
  readonly #target: net.Socket;
  readonly #random: Random;

  constructor(client: net.Socket, target: net.Socket, proxy: Proxy, random: Random) {
    this.#client = client;
    this.#target = target;
    this.#random = random;
    for (const [from, to] of [
      [client, target],
      [target, client],
    ] as const) {
      from.on("error", () => to.destroy());
      from.on("close", () => to.destroy());
      let queue: Promise<void> = Promise.resolve();
      from.on("data", (data) => {
        const wait = proxy.delay > 0 ? random() * proxy.delay : 0;
        const cut = proxy.cutChance > 0 && random() < proxy.cutChance;
        queue = queue.then(async () => {
          if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
          if (this.silent) return;
          if (cut) {
            // A part of it may arrive before the end.
            if (random() < 0.5) to.write(data.subarray(0, Math.floor(random() * data.length)));
            this.cut();
          } else if (to.writable) to.write(data);
        });
      });
    }
  }

  cut(): void {
    if (this.#random() < 0.5) {
      this.#client.resetAndDestroy();
      this.#target.destroy();
    } else {
      this.#client.end();
      this.#target.end();
      this.#client.destroySoon();
      this.#target.destroySoon();
    }
  }
}
