import { once } from "node:events";
import net from "node:net";
import { parseAddress, withDatabase } from "../../src/database/address.ts";

/** A way to the database that is cut at a chosen piece of what the server sends. */
export interface CuttableWay {
  url: string;
  /** Pieces that came from the server since {@link cutAt}. */
  pieces(): number;
  /**
   * Cuts every connection at a piece to come, the first being 1: before it arrives, or once the database
   * has taken it, so that only its answer is lost. Null: never.
   */
  cutAt(piece: number | null, when: "before" | "after"): void;
  close(): Promise<void>;
}

/** Puts a way of its own before the database of this address. */
export async function cuttableWay(url: string): Promise<CuttableWay> {
  const { hosts, socket, user, password, database } = parseAddress(url);
  const { name, port } = hosts[0]!;
  const pairs = new Set<[net.Socket, net.Socket]>();
  let count = 0;
  let at: number | null = null;
  let mode: "before" | "after" = "before";
  const cut = () => {
    at = null;
    for (const sockets of pairs) for (const end of sockets) end.destroy();
  };
  const server = net.createServer({ noDelay: true }, (client) => {
    const target =
      socket === undefined
        ? net.connect(port, name)
        : net.connect(`${socket}/.s.PGSQL.${String(port)}`);
    const pair: [net.Socket, net.Socket] = [client, target];
    pairs.add(pair);
    for (const end of pair) {
      end.on("error", () => undefined);
      end.on("close", () => {
        pairs.delete(pair);
        for (const each of pair) each.destroy();
      });
    }
    let isLast = false;
    client.on("data", (data) => {
      count += 1;
      if (count === at) {
        if (mode === "before") {
          cut();
          return;
        }
        isLast = true;
      }
      target.write(data);
    });
    target.on("data", (data) => {
      if (isLast) cut();
      else client.write(data);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const own = typeof address === "object" ? String(address?.port) : "";
  const secret = password === undefined ? "" : `:${encodeURIComponent(password)}`;
  return {
    url: withDatabase(
      `postgres://${user ?? "postgres"}${secret}@127.0.0.1:${own}/?sslmode=disable`,
      database!,
    ),
    pieces: () => count,
    cutAt: (piece, when) => {
      count = 0;
      at = piece;
      mode = when;
    },
    close: async () => {
      cut();
      server.close();
      await once(server, "close");
    },
  };
}
