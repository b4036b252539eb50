import { BackupFailed } from "../database/backup/errors.ts";
import { describeConnectionError } from "../database/connection_errors.ts";
import { EmbeddedDatabaseError } from "../database/embedded/index.ts";
import { DatabaseUnavailable } from "../database/errors.ts";
import { UnusableSetting } from "../environment.ts";
import { isPartMissing, PART_MISSING } from "../mcp/missing_part.ts";
import { MailServiceError } from "../sending/mail_service/errors.ts";

/** What went wrong, as a sentence for the person at the terminal: no stack, no address. */
export function describeFailure(error: unknown): string {
  if (
    error instanceof BackupFailed ||
    error instanceof DatabaseUnavailable ||
    error instanceof EmbeddedDatabaseError ||
    error instanceof UnusableSetting ||
    error instanceof MailServiceError
  ) {
    return error.message;
  }
  if (isPartMissing(error)) return PART_MISSING;
  const reason = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
  return (
    describeConnectionError(error) ??
    `Something unexpected went wrong: ${reason.replace(/\w+:\/\/\S+/g, "the address")}`
  );
}
