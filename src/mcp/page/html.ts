import { encode } from "html-entities";

/** HTML that may be put into a page as it is. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** Joins pieces of a page: what is not {@link Html} is escaped, lists are joined. */
export function html(...pieces: (string | number | Html | readonly Html[])[]): Html {
  return new Html(
    pieces
      .map((piece) =>
        piece instanceof Html
          ? piece.text
          : typeof piece === "object"
            ? piece.map(({ text }) => text).join("")
            : encode(String(piece)),
      )
      .join(""),
  );
}

/** An element with its content; attributes are escaped, those that are true stand alone. */
export function element(
  name: string,
  attributes: Record<string, string | true>,
  ...content: (string | number | Html | readonly Html[])[]
): Html {
  const written = Object.entries(attributes)
    .map(([key, value]) => (value === true ? ` ${key}` : ` ${key}="${encode(value)}"`))
    .join("");
  return new Html(`<${name}${written}>${html(...content).text}</${name}>`);
}
