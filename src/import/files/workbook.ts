import { notAWorkbook, type Archive } from "./archive.ts";
import { BOUNDS, withCommas } from "./bounds.ts";
import { isDateFormat } from "./number_formats.ts";
import { ImportFileError } from "./table.ts";
import { attribute, xmlPieces, type XmlListener } from "./xml.ts";

/** What a sheet's cells refer to. */
export interface Workbook {
  /** The pieces of the first sheet. */
  sheet: AsyncIterable<Buffer>;
  /** Texts that cells name by their index. */
  sharedStrings: readonly string[];
  /** Whether a number in a cell of this style is a time. */
  isTime: (style: number) => boolean;
  /** Days are counted from 1904, as Excel on a Mac did. */
  from1904: boolean;
}

/**
 * Reads what a workbook's first sheet needs beside itself.
 *
 * @throws ImportFileError when the archive holds no workbook, or a part is damaged
 */
export async function openWorkbook(archive: Archive): Promise<Workbook> {
  const part = archive.part("xl/workbook.xml");
  if (!part) throw notAWorkbook();
  let from1904 = false;
  let relation: string | undefined;
  await read(part, {
    opened(tag, attributes) {
      if (tag === "workbookPr") from1904 = /^(?:1|true)$/u.test(attributes["date1904"] ?? "");
      if (tag === "sheet") relation ??= attribute(attributes, "id");
    },
  });
  const targets = await targetsOf(archive);
  const target = targets.get(relation ?? "") ?? "worksheets/sheet1.xml";
  const sheet = archive.part(
    target.startsWith("/") ? target.slice(1) : `xl/${target.replace(/^\.\//u, "")}`,
  );
  if (!sheet) throw notAWorkbook();
  const times = await timeStyles(archive);
  return {
    sheet,
    sharedStrings: await sharedStrings(archive),
    isTime: (style) => times[style] ?? false,
    from1904,
  };
}

async function targetsOf(archive: Archive): Promise<Map<string, string>> {
  const targets = new Map<string, string>();
  await read(archive.part("xl/_rels/workbook.xml.rels"), {
    opened(tag, attributes) {
      const id = attributes["Id"];
      const target = attributes["Target"];
      if (tag === "Relationship" && id !== undefined && target !== undefined)
        targets.set(id, target);
    },
  });
  return targets;
}

/** For each style of a cell whether it shows a time. */
async function timeStyles(archive: Archive): Promise<boolean[]> {
  const formats = new Map<string, string>();
  const styles: boolean[] = [];
  let isOfCells = false;
  await read(archive.part("xl/styles.xml"), {
    opened(tag, attributes) {
      const format = attributes["numFmtId"] ?? "0";
      if (tag === "numFmt") formats.set(format, attributes["formatCode"] ?? "");
      if (tag === "cellXfs") isOfCells = true;
      if (tag === "xf" && isOfCells) styles.push(isDateFormat(Number(format), formats.get(format)));
    },
    closed(tag) {
      if (tag === "cellXfs") isOfCells = false;
    },
  });
  return styles;
}

async function sharedStrings(archive: Archive): Promise<string[]> {
  const strings: string[] = [];
  let text: string | undefined;
  let isText = false;
  let isReading = false;
  await read(archive.part("xl/sharedStrings.xml"), {
    opened(tag) {
      if (tag === "si") text = "";
      // How a word is pronounced is not part of it.
      if (tag === "rPh") isReading = true;
      if (tag === "t") isText = true;
    },
    text(piece) {
      if (text !== undefined && isText && !isReading) text += piece;
    },
    closed(tag) {
      if (tag === "rPh") isReading = false;
      if (tag === "t") isText = false;
      if (tag === "si") {
        if (strings.length === BOUNDS.sharedStrings) {
          throw new ImportFileError(
            `The workbook has more than ${withCommas(BOUNDS.sharedStrings)} different texts; save its table as CSV or split it.`,
          );
        }
        strings.push(unescaped(text ?? ""));
        text = undefined;
      }
    },
  });
  return strings;
}

/** Excel writes a character that XML cannot hold as `_x0007_`. */
export function unescaped(text: string): string {
  return text.includes("_x")
    ? text.replace(/_x([\da-f]{4})_/giu, (_, code: string) =>
        String.fromCharCode(Number.parseInt(code, 16)),
      )
    : text;
}

async function read(part: AsyncIterable<Buffer> | undefined, listener: XmlListener): Promise<void> {
  if (!part) return;
  const pieces = xmlPieces(part, listener);
  while (!(await pieces.next()).done);
}
