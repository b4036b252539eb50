import { html, type Html } from "../../mcp/page/html.ts";
import { spoken } from "../words.ts";
import { across, shape } from "./svg.ts";

/** What is marked: the kinds of the timeline, each with its own shape, so that colour is never needed. */
const SHAPES: Readonly<Record<string, () => Html>> = {
  email: () =>
    html(
      shape("rect", { class: "mail", x: -8, y: -6, width: 16, height: 12, rx: 1.5 }),
      shape("path", { class: "fold", d: "M-7-5 0 1 7-5" }),
    ),
  linkedin_post: () => shape("circle", { class: "post", r: 7 }),
  marketing_material: () => shape("circle", { class: "hollow post", r: 6 }),
  asset_created: () => shape("path", { class: "asset", d: "M0-8 8 6-8 6z" }),
  distribution: () => shape("path", { class: "shared", d: "M0-8 8 0 0 8-8 0z" }),
};

const NAMES: Readonly<Record<string, string>> = {
  email: "Mail",
  asset_created: "Asset made",
  distribution: "Shared",
};

/** What a kind of the timeline is called. */
export function kindInWords(kind: string): string {
  return NAMES[kind] ?? spoken(kind);
}

/** The mark of a kind, around a place; of several at once it says how many. */
export function markAt(kind: string, x: number, y: number, tip: string, count = 1): Html {
  return shape(
    "svg",
    { x: across(x), y, class: "mark", overflow: "visible" },
    shape("title", {}, tip),
    SHAPES[kind]?.() ?? shape("circle", { r: 6 }),
    count > 1 ? shape("text", { x: 11, y: 4, class: "count" }, `×${String(count)}`) : html(),
  );
}

/** What the marks of these kinds mean. */
export function legend(kinds: readonly string[]): Html {
  return shape(
    "p",
    { class: "legend", "aria-hidden": "true" },
    html(
      Object.keys(SHAPES)
        .filter((kind) => kinds.includes(kind))
        .map((kind) =>
          shape(
            "span",
            {},
            shape(
              "svg",
              { width: 18, height: 18, viewBox: "-9 -9 18 18" },
              SHAPES[kind]?.() ?? html(),
            ),
            kindInWords(kind),
          ),
        ),
    ),
  );
}
