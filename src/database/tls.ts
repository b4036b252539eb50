import { readFileSync } from "node:fs";
import type { ConnectionOptions } from "node:tls";
import { DatabaseUnavailable } from "./errors.ts";

const SSL_MODES = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"] as const;

/** libpq's names for how much a connection is protected. */
export type SslMode = (typeof SSL_MODES)[number];

/**
 * The sslmode that the parameters of a database URL ask for. Where they say nothing it is libpq's
 * default: TLS where the server offers it.
 *
 * @throws DatabaseUnavailable when it is none of libpq's six
 */
export function sslMode(parameters: ReadonlyMap<string, string>): SslMode {
  const given = parameters.get("sslmode") ?? parameters.get("ssl");
  if (given === "true" || given === "1") return "require";
  if (given === "false" || given === "0") return "disable";
  if (parameters.get("sslrootcert") === "system") return "verify-full";
  if (given === undefined) return "prefer";
  const mode = SSL_MODES.find((known) => known === given);
  if (!mode) {
    throw new DatabaseUnavailable(
      `sslmode in DATABASE_URL must be one of ${SSL_MODES.join(", ")}.`,
    );
  }
  return mode;
}

/**
 * What Node is to check of the server's certificate, by libpq's definitions: `require` encrypts and
 * checks nothing unless a certificate authority is named, `verify-ca` checks who signed it,
 * `verify-full` also that it is this host's.
 *
 * @throws DatabaseUnavailable when a certificate that the URL names cannot be read
 */
export function tlsOptions(parameters: ReadonlyMap<string, string>): ConnectionOptions {
  const mode = sslMode(parameters);
  const authority = parameters.get("sslrootcert");
  const files: ConnectionOptions = {
    ...(authority !== undefined && authority !== "system" && { ca: certificate(authority) }),
    ...file(parameters, "sslcert", "cert"),
    ...file(parameters, "sslkey", "key"),
  };
  if (mode === "verify-full") return { ...files, rejectUnauthorized: true };
  const rejectUnauthorized = mode === "verify-ca" || files.ca !== undefined;
  return { ...files, rejectUnauthorized, checkServerIdentity: () => undefined };
}

function file(
  parameters: ReadonlyMap<string, string>,
  parameter: string,
  option: "cert" | "key",
): ConnectionOptions {
  const name = parameters.get(parameter);
  return name === undefined ? {} : { [option]: certificate(name) };
}

function certificate(name: string): string {
  try {
    return readFileSync(name, "utf8");
  } catch (error) {
    throw new DatabaseUnavailable(
      "A certificate file that DATABASE_URL names (sslrootcert, sslcert or sslkey) cannot be read.",
      { cause: error },
    );
  }
}
