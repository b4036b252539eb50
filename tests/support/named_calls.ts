/** A tool as far as a text can call it. */
export interface Callable {
  name: string;
  inputSchema: { properties?: object | undefined };
}

/**
 * What a text says of tools that is not so: calls as `get_event(event)` or `list_notes(event, open: true)`
 * whose tool is not there, or does not take the argument.
 */
export function wrongCalls(text: string, tools: readonly Callable[]): string[] {
  return [...text.matchAll(/\b([a-z]+(?:_[a-z]+)+)\(([^()]*)\)/gu)].flatMap(
    ([call, name = "", given = ""]) => {
      const tool = tools.find((candidate) => candidate.name === name);
      if (!tool) return [call];
      const known = Object.keys(tool.inputSchema.properties ?? {});
      return argumentsOf(given).some((argument) => !known.includes(argument)) ? [call] : [];
    },
  );
}

/** The names in front of what is given; lists, objects and words in quotation marks are left out. */
function argumentsOf(given: string): string[] {
  const bare = given.replace(/"[^"]*"/gu, "").replace(/\{[^{}]*\}|\[[^[\]]*\]/gu, "");
  return bare
    .split(",")
    .map((argument) => argument.split(":", 1)[0]?.trim() ?? "")
    .filter((argument) => argument !== "");
}
