import type { Call } from "../conventions/call.ts";
import type { Toolset } from "../environment.ts";
import type { Tool } from "../mcp/tool.ts";

/** A server's tools, or what is known of them, by the group that `OUTREACH_TOOLSETS` calls them by. */
export type BySet<Item> = Readonly<Partial<Record<Toolset, readonly Item[]>>>;

export type ToolsBySet = BySet<Tool<Call>>;

/** All of them, group after group. */
export function allOf<Item>(sets: BySet<Item>): readonly Item[] {
  return Object.values(sets).flat();
}

/** Those of some groups. */
export function onlyOf<Item>(sets: BySet<Item>, offered: ReadonlySet<Toolset>): BySet<Item> {
  return Object.fromEntries(
    Object.entries(sets).filter(([toolset]) => offered.has(toolset as Toolset)),
  );
}
