import { element, html, type Html } from "../../mcp/page/html.ts";

/** Something that stands in a page. */
export type Piece = string | Html;

/** A part of a report under a title of its own. */
export interface Section {
  /** What it is called in the tool's answer, and in the page's own addresses. */
  name: string;
  title: string;
  body: Html;
}

/** A column of a table. */
export interface Column<Row> {
  head: string;
  cell: (row: Row) => Piece;
  /** Numbers stand right, in digits of one width; dates are never broken; words are where need be. */
  kind?: "number" | "date" | "drawing";
}

/**
 * A table that on a narrow page becomes a list, each value after what it is. Roles are said too, as browsers
 * forget them with the form.
 *
 * @param columns the first says what a row is about
 */
export function table<Row>(
  caption: string,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): Html {
  const head = columns.map(({ head: text, kind = "words" }) =>
    element(
      "th",
      { role: "columnheader", scope: "col", class: kind },
      // Who sees a drawing needs no word for it.
      kind === "drawing" ? element("span", { class: "unseen" }, text) : text,
    ),
  );
  const body = rows.map((row) =>
    element(
      "tr",
      { role: "row" },
      columns.map(({ head: text, cell, kind = "words" }, index) =>
        index === 0
          ? element("th", { role: "rowheader", scope: "row", class: kind }, cell(row))
          : element("td", { role: "cell", class: kind, "data-head": text }, cell(row)),
      ),
    ),
  );
  return element(
    "table",
    { role: "table" },
    element("caption", {}, caption),
    element("thead", { role: "rowgroup" }, element("tr", { role: "row" }, head)),
    element("tbody", { role: "rowgroup" }, body),
  );
}

/** A title with what is said about it in smaller letters. */
export function titled(title: string, ...details: (string | false | null)[]): Html {
  const words = details.filter((detail) => typeof detail === "string" && detail !== "");
  return html(
    element("span", { class: "title" }, title),
    words.length === 0 ? html() : element("small", {}, words.join(" · ")),
  );
}

/** A paragraph. */
export function sentence(text: string): Html {
  return element("p", {}, text);
}

/** A figure that is read first: a number, what it counts, and what makes it plain. */
export interface Figure {
  label: string;
  value: string;
  note?: string | null;
}

/** Figures beside each other. */
export function figuresList(figures: readonly Figure[]): Html {
  return element(
    "dl",
    { class: "figures" },
    figures.map(({ label, value, note }) =>
      element(
        "div",
        {},
        element("dt", {}, label),
        element("dd", {}, value, note ? element("small", {}, note) : html()),
      ),
    ),
  );
}

/** What the shades of bars mean. */
export function shades(meanings: readonly { shade: string; text: string }[]): Html {
  return element(
    "p",
    { class: "legend", "aria-hidden": "true" },
    meanings.map(({ shade, text }) =>
      element(
        "span",
        {},
        element(
          "svg",
          { width: "14", height: "14" },
          element("rect", { class: shade, width: "14", height: "14", rx: "2" }),
        ),
        text,
      ),
    ),
  );
}
