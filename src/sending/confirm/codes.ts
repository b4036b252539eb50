import { createHash, randomInt } from "node:crypto";
import { ToolError } from "../../mcp/errors.ts";
import { plain } from "../../mcp/render.ts";
import type { Call } from "../../conventions/call.ts";
import { askAnew, sendOfCode, type Confirmation } from "../queries/confirmations.ts";

/** How long a list may be confirmed, and how long a yes holds until the sending starts. */
export const MINUTES_TO_CONFIRM = 30;

/** Without letters and digits that are mistaken for each other. */
const ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789";

/** A question whether the list of a send may go. */
export interface NewConfirmation {
  communication: number;
  confirmation: number;
  /** Told here and kept nowhere. */
  code: string;
  /** Shown in the organiser's zone. */
  expiresAt: string;
}

/** Asks anew whether the list of a send may go; the statements are sent at once. */
export async function newConfirmation(
  { sql, zone }: Call,
  communication: number,
  templateDigest: string,
): Promise<NewConfirmation> {
  const code = [4, 4, 4]
    .map((length) => Array.from({ length }, () => ALPHABET[randomInt(ALPHABET.length)]).join(""))
    .join("-");
  const asked = {
    code_digest: digestOf(code),
    template_digest: templateDigest,
    minutes: MINUTES_TO_CONFIRM,
  };
  const { id, expires_at } = await askAnew(sql, communication, asked, zone);
  return { communication, confirmation: id, code, expiresAt: expires_at };
}

function digestOf(code: string): string {
  return createHash("sha256").update(code.trim().toUpperCase()).digest("hex");
}

/**
 * Checks a code that a call gives against the last question about a send.
 *
 * @throws ToolError that says what is wrong with it
 */
export async function checkCode(
  { sql }: Call,
  communication: number,
  confirmation: Confirmation,
  code: string,
): Promise<void> {
  const digest = digestOf(code);
  if (digest === confirmation.code_digest) return;
  const other = await sendOfCode(sql, digest);
  if (!other) {
    throw new ToolError(
      `confirmation_code "${plain(code)}" is not the code of this send; give it as prepare_send told it.`,
    );
  }
  throw new ToolError(
    other.communication_id === communication
      ? "That confirmation_code was replaced by a newer one, for the list as it is now; give that one."
      : `That confirmation_code belongs to communication ${String(other.communication_id)}, not to this one.`,
  );
}

/**
 * Refuses a question that cannot be answered any more.
 *
 * @throws ToolError that names what is to be done instead
 */
export function refuseEnded(confirmation: Confirmation): void {
  const again = "prepare_send with this communication alone asks anew, for the same list.";
  switch (confirmation.ended_because) {
    case "declined":
      throw new ToolError(`The person said no to this send. If they want it after all, ${again}`);
    case "cancelled":
      throw new ToolError("This send was cancelled; prepare a new one.");
    case "replaced":
      throw new ToolError(`The question about this send was replaced; ${again}`);
  }
  if (confirmation.expired) {
    throw new ToolError(`The confirmation of this send has expired; ${again}`);
  }
}
