import { ToolError } from "../../mcp/errors.ts";
import { describeFailure } from "../failure.ts";

/** What a look at one thing has shown. No secret is in it. */
export interface Finding {
  /** What was looked at. */
  name: string;
  /** `note`: it works, and a person may want to know. */
  state: "ok" | "note" | "broken";
  /** One or more sentences, with the cure where something is broken. */
  says: string;
}

/** What a look finds; what it throws is a finding too: broken, in the sentence for a person. */
export async function finding(name: string, look: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await look();
  } catch (error) {
    const says = error instanceof ToolError ? error.message : describeFailure(error);
    return [{ name, state: "broken", says }];
  }
}
