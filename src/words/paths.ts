import { homedir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** What people and chats put around a path. */
const QUOTES = ['""', "''", "``", "\u201c\u201d", "\u201e\u201c", "\u2018\u2019", "\u00ab\u00bb"];

/**
 * The absolute path that a person means, who may have written `~`, a `file:` address, quotation marks or
 * surplus space.
 *
 * @param base gives the folder to which what is relative is so; else the one in which this process was started
 */
export function personsPath(text: string, base: () => string = () => process.cwd()): string {
  const own = writtenPath(text);
  return path.isAbsolute(own) ? path.resolve(own) : path.resolve(base(), own);
}

/** As {@link personsPath}, but what was written as relative stays so. */
export function writtenPath(text: string): string {
  const bare = unquoted(text.trim());
  if (/^file:\//iu.test(bare)) {
    try {
      return fileURLToPath(bare);
    } catch {
      // Of another machine, or no address at all: there will be nothing at it.
    }
  }
  return bare.replace(/^~(?=$|[/\\])/u, () => homedir());
}

function unquoted(text: string): string {
  const quotes = QUOTES.find(
    ([open = "", close = ""]) => text.startsWith(open) && text.endsWith(close),
  );
  return quotes !== undefined && text.length > 1 ? unquoted(text.slice(1, -1).trim()) : text;
}
