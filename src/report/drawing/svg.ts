import { element, html, type Html } from "../../mcp/page/html.ts";

/**
 * Drawings are as wide as the page: places across are in percent of it, heights and letters in pixels, so
 * that nothing is stretched and all can be read on a phone and on paper. Colours are classes, as the page has
 * them for light and for dark.
 */

/** The width in pixels by which labels are kept apart, that of a sheet of A4; on a screen there is more. */
export const WIDTH = 690;

/** That of a phone. */
export const NARROW = 320;

/** Attributes, of which numbers are pixels. */
type Attributes = Record<string, string | number>;

/** An element of a drawing. */
export function shape(name: string, attributes: Attributes, ...content: (string | Html)[]): Html {
  const written = Object.entries(attributes).map(([key, value]) => [key, String(value)] as const);
  return element(name, Object.fromEntries(written), ...content);
}

/** A place across the page, of 0 to 100. */
export function across(percent: number): string {
  return `${String(Number(percent.toFixed(2)))}%`;
}

/**
 * A drawing as something of its own, with its name and what it shows for those who do not see it.
 *
 * @param name must be unique in the page
 */
export function drawing(
  name: string,
  { title, about }: { title: string; about: string },
  height: number,
  ...content: Html[]
): Html {
  return shape(
    "svg",
    {
      class: "drawing",
      role: "img",
      width: "100%",
      height,
      "aria-labelledby": `${name}-title`,
      "aria-describedby": `${name}-about`,
    },
    shape("title", { id: `${name}-title` }, title),
    shape("desc", { id: `${name}-about` }, about),
    html(content),
  );
}

/** A label. */
export function label(text: string, x: number, y: number, attributes: Attributes = {}): Html {
  return shape("text", { x: across(x), y, ...attributes }, text);
}

/**
 * A label beside a place, on paper of its own, so that no line runs through it.
 *
 * @param distance from the place in pixels
 */
export function labelBeside(
  text: string,
  x: number,
  y: number,
  side: "left" | "right",
  distance: number,
  attributes: Attributes,
): Html {
  // Narrower than the room that is kept for it: a line is not to stop far from the words.
  const width = widthOf(text) * 0.88;
  const isLeft = side === "left";
  return shape(
    "svg",
    { x: across(x), y, overflow: "visible", ...attributes },
    shape("rect", {
      class: "paper",
      x: isLeft ? -distance - width : distance - 2,
      y: -12,
      width: width + 2,
      height: 16,
    }),
    shape(
      "text",
      { x: isLeft ? -distance : distance, y: 0, ...(isLeft && { "text-anchor": "end" }) },
      text,
    ),
  );
}

/** How wide a label of the usual size will be, in pixels. */
export function widthOf(text: string): number {
  return Array.from(text).length * 6.4 + 4;
}

/** A bar beside a number, in a table that says the number too. */
export function bar(...parts: { part: number; whole: number; shade: string }[]): Html {
  return shape(
    "svg",
    { class: "bar", width: "100%", height: 14, "aria-hidden": "true" },
    html(
      parts.map(({ part, whole, shade }) =>
        shape("rect", {
          class: shade,
          width: across(whole === 0 ? 0 : (100 * part) / whole),
          height: 14,
          rx: 2,
        }),
      ),
    ),
  );
}
