import { connect, createServer, type Socket } from "node:net";
import { parseAddress } from "../../../src/database/address.ts";

/** What reached the database since the counter was reset. */
export interface StatementCounter {
  /** The database's URL, through the counter. */
  url: string;
  /** The texts of the statements that the server was given to execute, in their order. */
  statements: string[];
  /** How often something was sent that had waited for an answer, since it was set to 0. */
  roundTrips: number;
  close(): Promise<void>;
}

/**
 * Stands between a program and PostgreSQL and reads what goes to the server, message by message: what
 * is counted is what arrives there, whatever the driver calls a query.
 *
 * @param milliseconds that an answer takes on its way back, so that what is sent meanwhile did not wait for it
 */
export async function statementCounter(url: string, milliseconds = 0): Promise<StatementCounter> {
  const { user, password, database, socket, hosts } = parseAddress(url);
  const [{ name, port } = { name: "localhost", port: 5432 }] = hosts;
  const statements: string[] = [];
  let roundTrips = 0;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = socket
      ? connect(`${socket}/.s.PGSQL.${String(port)}`)
      : connect({ host: name, port });
    for (const one of [client, upstream]) {
      sockets.add(one);
      one.on("error", () => {
        client.destroy();
        upstream.destroy();
      });
    }
    client.on(
      "data",
      messageReader((text) => statements.push(text)),
    );
    let isAnswered = true;
    client.on("data", () => {
      if (isAnswered) roundTrips += 1;
      isAnswered = false;
    });
    upstream.on("data", (chunk: Buffer) =>
      setTimeout(() => {
        isAnswered = true;
        client.write(chunk);
      }, milliseconds),
    );
    upstream.on("end", () => client.end());
    client.pipe(upstream);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const own = typeof address === "object" && address ? address.port : 0;
  const login = `${encodeURIComponent(user ?? "")}:${encodeURIComponent(password ?? "")}`;
  return {
    url: `postgres://${login}@127.0.0.1:${String(own)}/${database ?? ""}?sslmode=disable`,
    statements,
    get roundTrips() {
      return roundTrips;
    },
    set roundTrips(count) {
      roundTrips = count;
    },
    close: () =>
      new Promise((resolve) => {
        for (const one of sockets) one.destroy();
        server.close(() => resolve());
      }),
  };
}

/** Reads the frontend's messages: the text of a Parse is executed when an Execute follows. */
function messageReader(executed: (text: string) => void): (chunk: Buffer) => void {
  let waiting: Buffer[] = [];
  let length = 0;
  let isStarted = false;
  let parsed = "";
  return (chunk) => {
    waiting.push(chunk);
    length += chunk.length;
    for (;;) {
      const header = isStarted ? 1 : 0;
      if (length < header + 4) return;
      if (waiting[0]!.length < header + 4) waiting = [Buffer.concat(waiting)];
      const size = header + waiting[0]!.readUInt32BE(header);
      if (length < size) return;
      const all = waiting.length === 1 ? waiting[0]! : Buffer.concat(waiting);
      const message = all.subarray(0, size);
      waiting = [all.subarray(size)];
      length -= size;
      const kind = isStarted ? String.fromCharCode(message[0]!) : "";
      isStarted = true;
      const text = () => {
        const start = kind === "Q" ? 5 : message.indexOf(0, 5) + 1;
        return message.subarray(start, message.indexOf(0, start)).toString();
      };
      if (kind === "P") parsed = text();
      if (kind === "E") executed(parsed);
      // Which call it is, BEGIN says in other letters each time.
      if (kind === "Q")
        executed(text().replace(/outreach\.call = '[^']*'/u, "outreach.call = '…'"));
    }
  };
}
