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
const HUNG_UP =
  "What answers at the host and port of DATABASE_URL hangs up at once or is not PostgreSQL; check both.";
export const LOST = "The connection to the database was lost; try again.";
const FULL = "The database has no free connection at the moment; try again in a while.";

/** What a person is told, and the SQLSTATEs and error codes of Node's and of postgres.js that mean it. */
const SENTENCES: readonly [sentence: string, codes: string][] = [
  [REFUSED_LOGIN, "28P01 28000 SASL_SIGNATURE_MISMATCH"],
  [NO_DATABASE, "3D000"],
  ["The disk that holds the database is full; free some space, then try again.", "53100"],
  ["The database has too little memory at the moment; try again in a while.", "53200"],
  [FULL, "53300"],
  ["The database can only be read at the moment; try again in a while.", "25006"],
  ["Others are writing the same at this moment; try again.", "40001 40P01 55P03"],
  [
    "The database ended this call because it took too long; try again, or ask for less at once.",
    "57014",
  ],
  ["The database is starting up or shutting down; try again in a moment.", "57P03"],
  [LOST, "57P01 57P02 08001 08003 08006 ECONNRESET EPIPE"],
  [LOST, "CONNECTION_CLOSED CONNECTION_DESTROYED CONNECTION_ENDED"],
  [
    "The database did not answer in time; check the host and port in DATABASE_URL and the network.",
    "CONNECT_TIMEOUT ETIMEDOUT",
  ],
  [
    "The host of the database cannot be reached from here; check the network.",
    "EHOSTUNREACH ENETUNREACH",
  ],
  ["No database accepts connections at the host and port of DATABASE_URL.", "ECONNREFUSED"],
  ["No database listens at this socket.", "ENOENT"],
  ["There is no host of the name that DATABASE_URL gives.", "ENOTFOUND"],
  ["The host name of the database could not be looked up; check the network.", "EAI_AGAIN"],
  [NO_TLS, "NO_TLS EPROTO ERR_SSL_WRONG_VERSION_NUMBER"],
  ["The certificate of the database server has expired.", "CERT_HAS_EXPIRED"],
  [BAD_CERTIFICATE, "CERT_NOT_YET_VALID CERT_UNTRUSTED HOSTNAME_MISMATCH"],
  [BAD_CERTIFICATE, "DEPTH_ZERO_SELF_SIGNED_CERT SELF_SIGNED_CERT_IN_CHAIN"],
  [BAD_CERTIFICATE, "UNABLE_TO_GET_ISSUER_CERT UNABLE_TO_GET_ISSUER_CERT_LOCALLY"],
  [BAD_CERTIFICATE, "UNABLE_TO_VERIFY_LEAF_SIGNATURE ERR_TLS_CERT_ALTNAME_INVALID"],
  [
    "The database asks for a way of logging in that is not supported; use a user with a password.",
    "AUTH_TYPE_NOT_IMPLEMENTED",
  ],
];
const BY_CODE = new Map(
  SENTENCES.flatMap(([sentence, codes]) =>
    codes.split(" ").map((code) => [code, sentence] as const),
  ),
);

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
  // A missing file is only a connection problem where a socket was to be opened.
  if (code === "ENOENT" && !("syscall" in error && error.syscall === "connect")) return null;
  return BY_CODE.get(code) ?? (/^ERR_(?:SSL|TLS)_/u.test(code) ? NO_TLS : null);
}
