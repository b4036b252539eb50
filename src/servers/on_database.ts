import type { Call } from "../conventions/call.ts";
import type { Database, DatabaseOptions, OpenDatabase, Queryable } from "../database/connect.ts";
import type { Ground } from "../mcp/call.ts";

/**
 * Puts a server's tools on the database of these options, which is opened at the first call.
 *
 * @returns `leave` closes it; the embedded database stops when nobody else uses it. `load` loads what
 *   opening it takes, and opens nothing
 */
export function onDatabase(options: DatabaseOptions): {
  ground: Ground<Call>;
  leave: () => Promise<void>;
  load: () => Promise<void>;
} {
  let database: Database | undefined;
  const run: Ground<Call>["run"] = async (readOnly, work, mark, cancelling) => {
    const [
      { Database },
      { ConnectionLost, DatabaseUnavailable, QuestionCancelled },
      { ToolError },
      { brokenRule },
    ] = await modules();
    database ??= new Database(options);
    try {
      const onCall = (sql: Queryable, { zone, cursorKey }: OpenDatabase) =>
        work({ sql, zone }, cursorKey);
      return await (readOnly ? database.read(onCall, cancelling) : database.write(onCall, mark));
    } catch (error) {
      if (error instanceof DatabaseUnavailable) throw new ToolError(error.message);
      if (error instanceof ConnectionLost) {
        throw new ToolError(
          "The connection to the database was lost during this call, so it is not certain whether it was recorded. Call again with the same arguments: nothing is recorded twice.",
          "unknown",
        );
      }
      if (error instanceof QuestionCancelled) throw new ToolError("The question was cancelled.");
      const rule = brokenRule(error);
      throw rule === undefined ? error : new ToolError(rule);
    }
  };
  return {
    ground: { run },
    leave: async () => database?.close(),
    load: async () => {
      const [[{ embedded }], { now }] = await Promise.all([modules(), import("../mcp/time.ts")]);
      if (!options.url) await embedded();
      // Reads the data of time zones, which takes as long as all the rest.
      now(options.timeZone ?? "local");
    },
  };
}

/** Not before a call needs them, or the server is at rest: they take longer than a first answer may. */
function modules() {
  return Promise.all([
    import("../database/connect.ts"),
    import("../database/errors.ts"),
    import("../mcp/errors.ts"),
    import("../database/rules.ts"),
  ]);
}
