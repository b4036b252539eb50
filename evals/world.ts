import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres, { type Sql } from "postgres";
import { startAssistant } from "../demo/assistant.ts";
import { type Calendar, ZONE } from "../demo/calendar.ts";
import { writeExports } from "../demo/exports.ts";
import { type MailService, startMailService } from "../demo/mail_service.ts";
import { recordOrganiser } from "../demo/organiser.ts";
import { SILENT } from "../demo/page.ts";
import { walk } from "../demo/walk/walk.ts";
import { connectionOptions, withDatabase } from "../src/database/address.ts";
import { connect, type TestClient } from "../workbench/client.ts";
import { createDatabase, dropDatabases, makeTemplate } from "../workbench/template.ts";
import type { State, Task } from "./task.ts";

/** A record with a server on it, a mail service behind it and a person beside it. */
export interface World {
  instructions: string;
  /** Calls a tool; what the protocol itself refuses, such as a tool that is not there, is thrown. */
  call: TestClient["call"];
  /** What a model is shown of the tools. */
  tools: readonly object[];
  /** What is other than before the task. */
  state: () => Promise<State>;
}

/** Worlds that are all alike when they are given out. */
export interface Worlds {
  /** One in which nothing happened yet, but for what the task has happen before it. */
  for: (task: Task) => Promise<World>;
  close: () => Promise<void>;
}

/**
 * Fills a database with the demo's record, of which each world is a copy. Takes some seconds.
 *
 * @param serverUrl a PostgreSQL on which databases may be made and dropped
 */
export async function makeWorlds(serverUrl: string, days: Calendar): Promise<Worlds> {
  const folder = await mkdtemp(join(tmpdir(), "event-outreach-evals-"));
  const template = await makeTemplate(serverUrl);
  const registry = join(folder, "templates.json");
  let copies = 0;
  let current: OpenWorld | undefined;
  const close = async () => {
    await current?.close();
    await template.drop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await fill(template.url, folder, registry, days);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    for: async (task) => {
      if (current && (task.before || !(await current.isUntouched()))) {
        await current.close();
        current = undefined;
      }
      copies += 1;
      const name = `${template.name}_${String(copies)}`;
      current ??= await openWorld(serverUrl, name, template.name, registry);
      await current.begin(task);
      return current;
    },
    close,
  };
}

async function fill(url: string, folder: string, registry: string, days: Calendar): Promise<void> {
  const downloads = join(folder, "downloads");
  await writeExports(downloads, days);
  const mail = await startMailService(registry);
  const sql = postgres({ ...connectionOptions(url), max: 1 });
  try {
    const assistant = await startAssistant({ DATABASE_URL: url, ...mail.env }, SILENT);
    try {
      await recordOrganiser(assistant, sql, days);
      await walk(assistant, SILENT, days, { downloads, mail });
    } finally {
      await assistant.close();
    }
  } finally {
    await sql.end({ timeout: 5 });
    await mail.close();
  }
}

/** Whoever is asked about mails may look for news of them first. */
const FETCHING = "sync_delivery_events";

interface OpenWorld extends World {
  begin: (task: Task) => Promise<void>;
  isUntouched: () => Promise<boolean>;
  close: () => Promise<void>;
}

async function openWorld(
  serverUrl: string,
  name: string,
  template: string,
  registry: string,
): Promise<OpenWorld> {
  await createDatabase(serverUrl, name, template);
  const url = withDatabase(serverUrl, name);
  // Knows nothing of the mails that the demo sent: what is in a mailbox is the task's.
  const mail: MailService = await startMailService(registry);
  const sql = postgres({ ...connectionOptions(url), max: 1 });
  let answer: "accept" | "decline" = "decline";
  let asked = 0;
  let known = 0;
  const client = await connect({
    server: "organiser",
    env: { DATABASE_URL: url, OUTREACH_TIMEZONE: ZONE, ...mail.env },
    person: () => {
      asked += 1;
      return answer;
    },
  });
  const tools = (await client.tools()).map(({ name, description, inputSchema }) => ({
    name,
    description,
    inputSchema,
  }));
  const wroteSince = (change: number) => changesSince(sql, change);
  let isSpent = false;
  return {
    instructions: client.instructions() ?? "",
    tools,
    call: async (tool, args) => {
      try {
        return await client.call(tool, args);
      } catch (error) {
        // It may be that the server is gone.
        isSpent = true;
        throw error;
      }
    },
    begin: async (task) => {
      if (task.before) {
        await task.before(sql);
        isSpent = true;
      }
      answer = task.person ?? (task.kind === "order" ? "accept" : "decline");
      asked = 0;
      known = Math.max(0, ...(await wroteSince(0)).map(({ id }) => id));
    },
    state: async () => ({
      sql,
      wrote: (await wroteSince(known))
        .map(({ tool }) => tool ?? "somebody else")
        .filter((tool) => tool !== FETCHING),
      mails: mail.arrived().mails,
      asked,
    }),
    isUntouched: async () =>
      !isSpent && mail.arrived().mails === 0 && (await wroteSince(known)).length === 0,
    close: async () => {
      await client.close();
      await sql.end({ timeout: 5 });
      await mail.close();
      await dropDatabases(serverUrl, name);
    },
  };
}

/** Every write of the servers, and of anybody else to what is theirs, is a change. */
function changesSince(sql: Sql, change: number) {
  return sql<{ id: number; tool: string | null }[]>`
    SELECT id::int, tool FROM outreach.changes WHERE id > ${change} ORDER BY id`;
}
