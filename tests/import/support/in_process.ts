import { onDatabase } from "../../../src/servers/on_database.ts";
import { IMPORT_TOOLS } from "../../../src/servers/import/tools.ts";
import { callTool } from "../../../src/mcp/call.ts";
import type { Caller } from "../../../src/mcp/tool.ts";

/** What a tool answered. */
export interface Answer {
  isError: boolean;
  text: string;
  facts: Record<string, any>;
}

/** The import server's tools on a database, without a process and a protocol between. */
export function toolsOn(url: string) {
  const { ground, leave } = onDatabase({
    url,
    dataDirectory: undefined,
    timeZone: "Africa/Johannesburg",
    readOnly: false,
    actor: "tester",
  });
  return {
    leave,
    async call(
      name: string,
      args: Record<string, unknown>,
      caller: Partial<Caller> = {},
    ): Promise<Answer> {
      const tool = IMPORT_TOOLS.find((candidate) => candidate.name === name)!;
      const result = await callTool(tool, args, ground, { ...SILENT, ...caller } as Caller);
      return {
        isError: result.isError === true,
        text: result.content.map(({ text }) => text).join("\n"),
        facts: result.structuredContent ?? {},
      };
    },
  };
}

const SILENT: Partial<Caller> = {
  client: null,
  signal: new AbortController().signal,
  progress: () => Promise.resolve(),
};

/** The tool that imports a type. */
export const TOOL_OF = {
  quicket_registrations: "import_quicket_registrations",
  quicket_checkins: "import_quicket_checkins",
  walkup: "import_walkup_registrations",
  sessionize: "import_sessionize_data",
  ratings: "import_speaker_ratings",
} as const;

/** What a preview's counts are called in the answer of the import, for each type. */
export function numbersOf(
  type: keyof typeof TOOL_OF,
  facts: Record<string, any>,
): Record<string, unknown> {
  const { contacts, tickets, interests, sessions, speakers, roles, ratings } = facts;
  const people = { create: contacts?.created, update: contacts?.updated, skip: contacts?.matched };
  switch (type) {
    case "quicket_registrations":
      return {
        contacts: people,
        tickets: { create: tickets.created, update: tickets.updated, skip: tickets.skipped },
        topics: { create: interests.topics_created },
        roles: { create: roles.created },
        interests: { create: interests.links_created },
      };
    case "quicket_checkins":
      return {
        contacts: people,
        roles: { create: roles.created },
        tickets: {
          create: tickets.created,
          update: sum(tickets.checked_in, tickets.updated),
          skip: sum(tickets.already_checked_in, tickets.not_checked_in, tickets.skipped),
        },
      };
    case "walkup":
      return {
        contacts: people,
        tickets: { create: tickets.created, skip: tickets.skipped },
        roles: { create: roles.created },
      };
    case "sessionize":
      return {
        contacts: people,
        sessions: { create: sessions.created, update: sessions.updated, skip: sessions.unchanged },
        speakers: { create: speakers.created, update: speakers.updated, skip: speakers.unchanged },
        roles: { create: roles.created },
      };
    case "ratings":
      return {
        ratings: {
          create: ratings.created,
          update: ratings.updated,
          skip: ratings.skipped,
          fail: facts.unmatched_total,
        },
      };
  }
}

/** A preview's counts in the same form, as far as the import answers them. */
export function previewed(
  summary: Record<string, any>,
  like: Record<string, any>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(like).map(([type, counts]) => [
      type,
      Object.fromEntries(
        Object.keys(counts as object).map((action) => [action, summary[type][`would_${action}`]]),
      ),
    ]),
  );
}

function sum(...counts: number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
