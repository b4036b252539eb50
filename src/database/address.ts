import type { Options } from "postgres";
import { DatabaseUnavailable } from "./errors.ts";
import { queryOptions } from "./options.ts";
import { type Destination, local, socketMaker } from "./postgres_js/socket.ts";
import { sslMode, tlsOptions } from "./tls.ts";

/** A database address, taken apart. */
export interface Address {
  user: string | undefined;
  password: string | undefined;
  hosts: { name: string; port: number }[];
  /** Folder of a Unix socket, instead of a host. */
  socket: string | undefined;
  database: string | undefined;
  parameters: Map<string, string>;
}

/**
 * Takes a PostgreSQL URL apart. Lenient where a pasted password holds characters that should have
 * been percent-encoded.
 *
 * @throws DatabaseUnavailable when it is not such a URL; the message repeats nothing of it
 */
export function parseAddress(url: string): Address {
  // The last @ ends the user and password, so that a password may hold any character.
  const parts =
    /^postgres(?:ql)?:\/\/(?:(?<login>.*)@)?(?<hosts>[^@/?#]*)(?:\/(?<database>[^/?#]*))?(?:\?(?<query>.*))?$/s.exec(
      url.trim(),
    )?.groups;
  if (!parts) throw malformed();
  const [user, ...password] = (parts.login ?? "").split(":");
  const parameters = new Map(new URLSearchParams(parts.query ?? ""));
  // The parameters come decoded: what looks encoded in them is part of a name.
  const given = parameters.get("socket") ?? parameters.get("host") ?? decode(parts.hosts ?? "");
  const socket = given.startsWith("/") ? given : undefined;
  const defaultPort = parameters.get("port") ?? "5432";
  return {
    user: decode(user ?? "") || parameters.get("user"),
    password: decode(password.join(":")) || parameters.get("password"),
    hosts: (socket ? "" : given || "localhost")
      .split(",")
      .map((host) => parseHost(host, defaultPort)),
    socket,
    database: decode(parts.database ?? "") || parameters.get("dbname"),
    parameters,
  };
}

/** Writes a database address as a URL with only these parameters. */
function formatAddress(address: Address, parameters: Record<string, string>): string {
  const login =
    address.user === undefined
      ? ""
      : `${encodeURIComponent(address.user)}${address.password === undefined ? "" : `:${encodeURIComponent(address.password)}`}@`;
  const hosts = address.socket
    ? ""
    : address.hosts
        .map(({ name, port }) => `${name.includes(":") ? `[${name}]` : name}:${String(port)}`)
        .join(",");
  const place = address.socket
    ? { host: address.socket, port: String(address.hosts[0]?.port ?? 5432) }
    : {};
  const query = new URLSearchParams({ ...place, ...parameters });
  return `postgres://${login}${hosts}/${encodeURIComponent(address.database ?? "")}?${query.toString()}`;
}

/** The same server's address with another database. */
export function withDatabase(url: string, database: string): string {
  const address = parseAddress(url);
  return formatAddress({ ...address, database }, parametersKept(address));
}

/**
 * Turns a DATABASE_URL, as a hosted service's console shows it, into options of postgres.js that
 * also pass a transaction-mode pooler: no start-up parameters of our own.
 *
 * @throws DatabaseUnavailable when the URL, or a certificate that it names, cannot be read
 */
export function connectionOptions(url: string): Options<{}> {
  const address = parseAddress(url);
  const options = address.parameters.get("options");
  const timeout = Number(address.parameters.get("connect_timeout"));
  return {
    ...queryOptions,
    ...socketOption(address, timeout > 0 ? timeout : 15),
    ...(address.user !== undefined && { username: address.user }),
    ...(address.password !== undefined && { password: address.password }),
    ...(address.database !== undefined && { database: address.database }),
    ...(timeout > 0 && { connect_timeout: timeout }),
    ssl: false, // the sockets come encrypted
    connection: {
      application_name: address.parameters.get("application_name") ?? "event-outreach",
      // Only where the URL asks for it: some hosted services name the project here.
      ...(options !== undefined && { options }),
    },
  };
}

/** Host and database name for a person, without user and password. */
export function describeAddress(url: string): string {
  const { hosts, socket, database, user } = parseAddress(url);
  const place = socket
    ? "a local socket"
    : hosts.map(({ name, port }) => `${name}:${String(port)}`).join(", ");
  return `database ${database ?? user ?? "of the user's name"} on ${place}`;
}

/** An option that postgres.js has but does not declare. */
function socketOption({ socket, hosts, parameters }: Address, seconds: number): object {
  if (socket) {
    return { socket: socketMaker([local(socket, hosts[0]?.port ?? 5432)], seconds * 1000) };
  }
  const mode = sslMode(parameters);
  const encryption: Pick<Destination, "encrypt" | "tls"> =
    mode === "disable"
      ? { encrypt: "no", tls: {} }
      : {
          encrypt: mode === "allow" || mode === "prefer" ? "if offered" : "always",
          tls: tlsOptions(parameters),
        };
  const destinations = hosts.map(({ name, port }) => ({ host: name, port, ...encryption }));
  return { socket: socketMaker(destinations, seconds * 1000) };
}

function parametersKept(address: Address): Record<string, string> {
  const names = ["sslrootcert", "sslcert", "sslkey", "options", "connect_timeout"];
  const found = names.flatMap((name) => {
    const value = address.parameters.get(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    sslmode: address.socket ? "disable" : sslMode(address.parameters),
    ...Object.fromEntries(found),
  };
}

function parseHost(host: string, defaultPort: string): { name: string; port: number } {
  const parts = /^(?:\[(?<six>[^\]]+)\]|(?<name>[^:]*))(?::(?<port>\d+))?$/.exec(
    host.trim(),
  )?.groups;
  const port = Number(parts?.port ?? defaultPort);
  if (!parts || !(port > 0 && port < 65_536)) throw malformed();
  return { name: parts.six ?? (parts.name || "localhost"), port };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a bare % in a pasted password
  }
}

function malformed(): DatabaseUnavailable {
  return new DatabaseUnavailable(
    "DATABASE_URL is not a PostgreSQL address; it should look like postgres://user:password@host:5432/database, " +
      "with special characters of the password percent-encoded.",
  );
}
