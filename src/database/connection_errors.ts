import { codeOf } from "./errors.ts";

const REFUSED_LOGIN =
  "The database does not accept this user name and password; check both in DATABASE_URL.";
const NEEDS_TLS =
  "The database accepts encrypted connections only; add ?sslmode=require to DATABASE_URL.";
const NO_TLS =
  "The database server offers no TLS, which DATABASE_URL asks for; check the host and port, or set sslmode=prefer if an unencrypted connection is meant.";
const NO_DATABASE =
  "There is no database of this name on the server; check the end of DATABASE_URL.";
const BAD_CERTIFICATE =
  "The certificate of the database server could not be verified; check the host name and sslrootcert in DATABASE_URL.";
const TIMED_OUT =
  "The database did not answer in time; check the host and port in DATABASE_URL and the network.";
const HUNG_UP =
  "What answers at the host and port of DATABASE_URL hangs up at once or is no PostgreSQL; check both.";
export const LOST = "The connection to the database was lost; try again.";
const FULL = "The database has no free connection at the moment; try again in a while.";
const BUSY = "Others are writing the same at this moment; try again.";
const STARTING = "The database is starting up or shutting down; try again in a moment.";

/** SQLSTATEs, error codes of Node's and of postgres.js, and what they mean to a person. */
const BY_CODE: Record<string, string> = {
  "28P01": REFUSED_LOGIN,
  "28000": REFUSED_LOGIN,
  "3D000": NO_DATABASE,
  "53100": "The disk that holds the database is full; free some space, then try again.",
  "53200": "The database has too little memory at the moment; try again in a while.",
  "53300": FULL,
  "25006": "The database can only be read at the moment; try again in a while.",
  "40001": BUSY,
  "40P01": BUSY,
  "55P03": BUSY,
  "57014":
    "The database ended this call because it took too long; try again, or ask for less at once.",
  "57P01": LOST,
  "57P02": LOST,
  "57P03": STARTING,
  "08001": LOST,
  "08003": LOST,
  "08006": LOST,
  CONNECTION_CLOSED: LOST,
  CONNECTION_DESTROYED: LOST,
  CONNECTION_ENDED: LOST,
  ECONNRESET: LOST,
  EPIPE: LOST,
  CONNECT_TIMEOUT: TIMED_OUT,
  ETIMEDOUT: TIMED_OUT,
  EHOSTUNREACH: "The host of the database cannot be reached from here; check the network.",
  ENETUNREACH: "The host of the database cannot be reached from here; check the network.",
  ECONNREFUSED: "No database accepts connections at the host and port of DATABASE_URL.",
  ENOENT: "No database listens at this socket.",
  ENOTFOUND: "There is no host of the name that DATABASE_URL gives.",
  EAI_AGAIN: "The host name of the database could not be looked up; check the network.",
  NO_TLS,
  EPROTO: NO_TLS,
  ERR_SSL_WRONG_VERSION_NUMBER: NO_TLS,
  ERR_TLS_CERT_ALTNAME_INVALID: BAD_CERTIFICATE,
  CERT_HAS_EXPIRED: "The certificate of the database server has expired.",
  CERT_NOT_YET_VALID: BAD_CERTIFICATE,
  CERT_UNTRUSTED: BAD_CERTIFICATE,
  DEPTH_ZERO_SELF_SIGNED_CERT: BAD_CERTIFICATE,
  HOSTNAME_MISMATCH: BAD_CERTIFICATE,
  SELF_SIGNED_CERT_IN_CHAIN: BAD_CERTIFICATE,
  UNABLE_TO_GET_ISSUER_CERT: BAD_CERTIFICATE,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: BAD_CERTIFICATE,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: BAD_CERTIFICATE,
  SASL_SIGNATURE_MISMATCH: REFUSED_LOGIN,
  AUTH_TYPE_NOT_IMPLEMENTED:
    "The database asks for a way of logging in that is not supported; use a user with a password.",
};

/** Codes whose meaning depends on the message; poolers answer most of what goes wrong with 08P01. */
const BY_MESSAGE: readonly [codes: string[], message: RegExp, sentence: string][] = [
  [
    ["28000", "28P01", "08P01", "08004", "XX000"],
    /no encryption|SSL (?:off|required|connection)|insecure|sslmode/i,
    NEEDS_TLS,
  ],
  [["08P01", "XX000", "08004"], /no such database|database .* does not exist/i, NO_DATABASE],
  [
    ["08P01", "XX000", "08004"],
    /password|authentication|no such user|user not found/i,
    REFUSED_LOGIN,
  ],
  [
    ["08P01", "53400", "XX000"],
    /no more connections|max_client_conn|max clients|wait_timeout/i,
    FULL,
  ],
  [["CONNECTION_CLOSED"], /hangs up|hung up|does not answer as/, HUNG_UP],
  [["08P01"], /./s, LOST],
];

/**
 * Says in one sentence what is wrong with the connection or the state of the database, without
 * repeating anything of the address.
 *
 * @returns null when the error is about neither
 */
export function describeConnectionError(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  const { message } = error;
  const code = codeOf(error);
  const byMessage = BY_MESSAGE.find(
    ([codes, pattern]) => codes.includes(code) && pattern.test(message),
  );
  if (byMessage) return byMessage[2];
  if (Object.hasOwn(BY_CODE, code)) {
    // A missing file is only a connection problem where a socket was to be opened.
    if (code === "ENOENT" && !("syscall" in error && error.syscall === "connect")) return null;
    return BY_CODE[code] ?? null;
  }
  return code.startsWith("ERR_SSL_") || code.startsWith("ERR_TLS_") ? NO_TLS : null;
}
