import { once } from "node:events";
import net from "node:net";
import path from "node:path";
import postgres from "postgres";
import { expect, inject, test } from "vitest";
import { connectionOptions, parseAddress, withDatabase } from "../../src/database/address.ts";
import { local, socketMaker } from "../../src/database/postgres_js/socket.ts";

test("a query that is sent between a connection's reset and its end is refused, and not left waiting", async () => {
  const { url, template } = inject("database");
  const { hosts, socket: folder, user, password } = parseAddress(url);
  const { name = "", port = 5432 } = hosts[0] ?? {};
  const clients: net.Socket[] = [];
  const way = net.createServer((client) => {
    const target = folder
      ? net.connect(path.join(folder, `.s.PGSQL.${String(port)}`))
      : net.connect(port, name);
    clients.push(client);
    client.on("error", () => undefined).on("close", () => target.destroy());
    target.on("error", () => undefined);
    client.pipe(target).pipe(client);
  });
  way.listen(0, "127.0.0.1");
  await once(way, "listening");
  const address = way.address();
  const make = socketMaker(
    [local("127.0.0.1", typeof address === "object" ? (address?.port ?? 0) : 0)],
    5000,
  );
  let answer: Promise<unknown> | undefined;
  const options = {
    ...connectionOptions(withDatabase(url, template)),
    ...(user !== undefined && { username: user }),
    ...(password !== undefined && { password }),
    max: 1,
    socket: async () => {
      const socket = await make();
      socket.once("error", () => {
        answer = sql`SELECT 1 AS one`.then(
          () => "answered",
          (error: unknown) => (error as { code?: string }).code,
        );
      });
      return socket;
    },
  };
  const sql = postgres(options);
  try {
    await sql`SELECT 1 AS one`;
    clients[0]?.resetAndDestroy();
    await expect.poll(() => answer).toBeDefined();
    expect(await answer).toBe("CONNECTION_CLOSED");
  } finally {
    await sql.end({ timeout: 0 });
    way.close();
  }
});
