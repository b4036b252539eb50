/** An answer before it is written to the wire. */
export interface Answer {
  status: number;
  body: Record<string, unknown>;
  headers?: Record<string, string>;
}

/** An answer that refuses, in Brevo's words. */
export class Refusal extends Error {
  readonly answer: Answer;
  constructor(status: number, code: string, message: string, headers: Record<string, string> = {}) {
    super(message);
    this.answer = { status, body: { code, message }, headers };
  }
}

export function invalid(message: string): Refusal {
  return new Refusal(400, "invalid_parameter", message);
}

export function missing(message: string): Refusal {
  return new Refusal(400, "missing_parameter", message);
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
