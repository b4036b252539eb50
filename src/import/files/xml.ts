import { SaxesParser } from "saxes";
import { BOUNDS, withCommas } from "./bounds.ts";
import { ImportFileError } from "./table.ts";

/** A tag's attributes by their names. */
export type Attributes = Readonly<Record<string, string>>;

/** Hears a part of a workbook. Names of tags come without their prefixes. */
export interface XmlListener {
  opened?: (tag: string, attributes: Attributes) => void;
  closed?: (tag: string) => void;
  /** Text between two tags, in one or more pieces. */
  text?: (text: string) => void;
}

const CHUNK = 64 * 1024;

/**
 * Reads XML as it comes. After each piece it pauses, so that what was heard can be taken.
 *
 * @throws ImportFileError where it is not well-formed, or something in it is longer than the bound
 */
export async function* xmlPieces(
  pieces: AsyncIterable<Buffer>,
  { opened, closed, text }: XmlListener,
): AsyncGenerator<void> {
  const parser = new SaxesParser({ xmlns: false, position: false } as const);
  // What the parser has not come to the end of it keeps, be it blanks in a tag or a comment.
  let unheard = 0;
  const hears = () => {
    unheard = 0;
  };
  const hearsText = (piece: string) => {
    hears();
    text?.(piece);
  };
  parser.on("opentag", ({ name, attributes }) => {
    hears();
    opened?.(withoutPrefix(name), attributes);
  });
  parser.on("closetag", ({ name }) => {
    hears();
    closed?.(withoutPrefix(name));
  });
  parser.on("text", hearsText);
  parser.on("cdata", hearsText);
  for (const event of ["comment", "processinginstruction", "doctype", "xmldecl"] as const)
    parser.on(event, hears);
  const decoder = new TextDecoder();
  for await (const piece of pieces) {
    for (let start = 0; start < piece.length; start += CHUNK) {
      const chunk = decoder.decode(piece.subarray(start, start + CHUNK), { stream: true });
      unheard += chunk.length;
      wellFormed(() => parser.write(chunk));
      if (unheard > BOUNDS.xmlCharacters) {
        throw new ImportFileError(
          `The workbook holds a cell or a tag of more than ${withCommas(BOUNDS.xmlCharacters)} characters.`,
        );
      }
      yield;
    }
  }
  wellFormed(() => parser.write(decoder.decode()).close());
  yield;
}

/** The attribute of this name, with whatever prefix. */
export function attribute(attributes: Attributes, name: string): string | undefined {
  const prefixed = Object.keys(attributes).find((key) => withoutPrefix(key) === name);
  return attributes[prefixed ?? name];
}

/** The parser's messages quote the file. */
function wellFormed(parse: () => unknown): void {
  try {
    parse();
  } catch (error) {
    throw error instanceof ImportFileError
      ? error
      : new ImportFileError("The workbook is damaged: a part of it ends early or is no XML.");
  }
}

function withoutPrefix(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}
