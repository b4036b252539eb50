import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import tls from "node:tls";
import postgres from "postgres";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import {
  connectionOptions,
  describeAddress,
  parseAddress,
  withDatabase,
} from "../../src/database/address.ts";
import { describeConnectionError } from "../../src/database/connection_errors.ts";

const PASSWORD = "pa%s/s:w@rd#?";

describe("taking an address apart", () => {
  test("what a hosted service's console shows", () => {
    const url =
      "postgresql://owner:npg_x1@ep-cool-pooler.eu-central-1.aws.example.tech/neondb?sslmode=require&channel_binding=require";
    expect(parseAddress(url)).toMatchObject({
      user: "owner",
      password: "npg_x1",
      hosts: [{ name: "ep-cool-pooler.eu-central-1.aws.example.tech", port: 5432 }],
      database: "neondb",
    });
    expect(JSON.stringify(connectionOptions(url))).not.toContain("channel_binding");
    expect(connectionOptions(url)).toMatchObject({
      prepare: false,
      username: "owner",
      database: "neondb",
    });
    expect(withDatabase(url, "other")).toBe(
      "postgres://owner:npg_x1@ep-cool-pooler.eu-central-1.aws.example.tech:5432/other?sslmode=require",
    );
  });

  test.each([
    ["percent-encoded", `postgres://bob:${encodeURIComponent(PASSWORD)}@db.example.org:6543/x`],
    ["as it is", `postgres://bob:${PASSWORD}@db.example.org:6543/x`],
  ])("a password of odd characters, %s", (_how, url) => {
    expect(parseAddress(url)).toMatchObject({ user: "bob", password: PASSWORD, database: "x" });
    expect(parseAddress(withDatabase(url, "y"))).toMatchObject({ user: "bob", password: PASSWORD });
    expect(describeAddress(url)).toBe("database x on db.example.org:6543");
  });

  test("a socket, an IPv6 address, several hosts", () => {
    expect(parseAddress("postgres://me:pw@/x?host=/var/run/pg&port=5433")).toMatchObject({
      socket: "/var/run/pg",
      hosts: [{ port: 5433 }],
    });
    expect(parseAddress("postgres://me@/x?host=%2Fmy%2520data%2Fa%23b").socket).toBe(
      "/my%20data/a#b",
    );
    expect(parseAddress("postgres://me@%2Fmy%2520data/x").socket).toBe("/my%20data");
    expect(parseAddress("postgres://[2001:db8::1]:5433/x").hosts).toEqual([
      { name: "2001:db8::1", port: 5433 },
    ]);
    expect(parseAddress("postgres://a:1,b/x").hosts).toEqual([
      { name: "a", port: 1 },
      { name: "b", port: 5432 },
    ]);
    expect(
      parseAddress(withDatabase("postgres://me:pw@/x?host=/var/run/pg", "other")),
    ).toMatchObject({
      socket: "/var/run/pg",
      database: "other",
      password: "pw",
    });
  });

  test.each([
    "",
    "mysql://bob:secret@host/x",
    "postgres://bob:secret@host:99999/x",
    "bob:secret@host",
  ])("what is not an address is refused without repeating it: %s", (url) => {
    expect(() => connectionOptions(url)).toThrow(/^DATABASE_URL is not a PostgreSQL address;[^]*$/);
    expect(() => connectionOptions(url)).not.toThrow(/secret/);
  });

  test("an unknown sslmode, a missing certificate", () => {
    expect(() => connectionOptions("postgres://h/x?sslmode=yes")).toThrow(
      /^sslmode in DATABASE_URL must be/,
    );
    expect(() =>
      connectionOptions("postgres://h/x?sslmode=verify-full&sslrootcert=/no/such"),
    ).toThrow(/cannot be read/);
  });
});

describe("what went wrong, in a sentence", () => {
  const stops: (() => void)[] = [];
  afterEach(() => stops.splice(0).forEach((stop) => stop()));

  test("no such host", async () => {
    expect(await sentenceFor("postgres://bob:secret@no-such-host.invalid/x")).toMatch(
      /^(There is no host of the name|The host name of the database could not be looked up)/,
    );
  });

  test("nobody listens", async () => {
    const server = await listen(() => undefined);
    stops.splice(0).forEach((stop) => stop());
    expect(await sentenceFor(url(server.port))).toMatch(/^No database accepts connections/);
  });

  test.each(["", "?sslmode=disable"])("a server that hangs up at once, asked %s", async (query) => {
    const { port } = await listen((socket) => socket.destroy());
    expect(await sentenceFor(url(port, query))).toMatch(/hangs up at once or is not PostgreSQL/);
  });

  test.each(["", "?sslmode=disable"])("a web server, asked %s", async (query) => {
    const { port } = await listen((socket) =>
      socket.once("data", () => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")),
    );
    expect(await sentenceFor(url(port, query))).toMatch(/hangs up at once or is not PostgreSQL/);
  });

  test.each(["", "&sslmode=disable"])("a server that never answers, asked %s", async (query) => {
    const { port } = await listen(() => undefined);
    expect(await sentenceFor(url(port, `?connect_timeout=1${query}`))).toMatch(
      /did not answer in time/,
    );
  });

  test("no TLS offered", async () => {
    const { port } = await listen((socket) => socket.once("data", () => socket.write("N")));
    expect(await sentenceFor(url(port, "?sslmode=require"))).toMatch(/offers no TLS/);
  });

  test.each([
    ["28P01", 'password authentication failed for user "bob"', /user name and password/],
    [
      "28000",
      'no pg_hba.conf entry for host "10.1.1.1", user "bob", no encryption',
      /encrypted connections only/,
    ],
    ["3D000", 'database "x" does not exist', /no database of this name/],
    ["53300", "too many clients already", /no free connection/],
    ["57P03", "the database system is starting up", /starting up/],
    ["08P01", "no such database: x", /no database of this name/],
    ["08P01", "no such user: bob", /user name and password/],
    ["08P01", "SSL required", /encrypted connections only/],
    ["08P01", "query_wait_timeout", /no free connection/],
    ["XX000", "Tenant or user not found", /user name and password/],
  ])("what the server says: %s %s", async (code, message, expected) => {
    const { port } = await listen((socket) =>
      socket.once("data", () => socket.end(errorMessage(code, message))),
    );
    const sentence = await sentenceFor(url(port, "?sslmode=disable"));
    expect(sentence).toMatch(expected);
    expect(sentence).not.toMatch(/secret|bob/);
  });

  test("an error that is not about the connection", () => {
    const code = (value: string) => Object.assign(new Error("x"), { code: value });
    expect(describeConnectionError(code("23505"))).toBeNull();
    expect(describeConnectionError(code("ENOENT"))).toBeNull();
    expect(describeConnectionError(new Error("x"))).toBeNull();
    expect(describeConnectionError("x")).toBeNull();
  });

  function url(port: number, query = ""): string {
    return `postgres://bob:secret@127.0.0.1:${port}/x${query}`;
  }

  async function listen(answer: (socket: net.Socket) => void): Promise<{ port: number }> {
    const server = net.createServer((socket) => {
      socket.on("error", () => undefined);
      answer(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    stops.push(() => server.close());
    return { port: (server.address() as net.AddressInfo).port };
  }
});

const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;
describe.skipIf(!hasOpenssl)("TLS", () => {
  let folder: string;
  let server: net.Server;
  let port: number;
  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "event-outreach-tls-"));
    const [key, cert] = [path.join(folder, "key.pem"), path.join(folder, "cert.pem")];
    const made = spawnSync("openssl", [
      ...[
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-keyout",
        key,
        "-out",
        cert,
      ],
      ...["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
    ]);
    expect(made.status).toBe(0);
    const secureContext = tls.createSecureContext({
      key: readFileSync(key),
      cert: readFileSync(cert),
    });
    // Just enough of PostgreSQL: it takes TLS, and then says that the password is wrong.
    server = net.createServer((socket) => {
      socket
        .on("error", () => undefined)
        .once("data", () => {
          socket.write("S");
          const secure = new tls.TLSSocket(socket, { isServer: true, secureContext });
          secure.on("error", () => undefined);
          secure.once("data", () =>
            secure.end(errorMessage("28P01", "password authentication failed")),
          );
        });
    });
    await new Promise<void>((resolve) => server.listen(0, resolve));
    port = (server.address() as net.AddressInfo).port;
  });
  afterAll(() => {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const reached = /does not accept this user name and password/;
  const unverified = /certificate of the database server could not be verified/;
  test.each([
    ["localhost", "", reached],
    ["localhost", "?sslmode=require&channel_binding=require", reached],
    ["localhost", "?sslmode=verify-ca", unverified],
    ["localhost", "?sslmode=verify-full", unverified],
    ["localhost", "?sslmode=require&sslrootcert=CERT", reached],
    ["localhost", "?sslmode=verify-full&sslrootcert=CERT", reached],
    ["127.0.0.1", "?sslmode=verify-ca&sslrootcert=CERT", reached],
    ["127.0.0.1", "?sslmode=verify-full&sslrootcert=CERT", unverified],
  ])("%s%s", async (host, query, expected) => {
    const asked = query.replace("CERT", encodeURIComponent(path.join(folder, "cert.pem")));
    expect(await sentenceFor(`postgres://bob:secret@${host}:${port}/x${asked}`)).toMatch(expected);
  });
});

/** What a person would read when a query is tried at this address. */
async function sentenceFor(address: string): Promise<string | null> {
  const sql = postgres({ ...connectionOptions(address), max: 1 });
  try {
    await sql`SELECT 1`;
    return "it works";
  } catch (error) {
    return describeConnectionError(error);
  } finally {
    await sql.end({ timeout: 0 });
  }
}

/** PostgreSQL's error message: severity, code and text, each with a letter before and a zero after. */
function errorMessage(code: string, text: string): Buffer {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${text}\0\0`);
  const head = Buffer.alloc(5);
  head.write("E");
  head.writeUInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
}
