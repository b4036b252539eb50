/** Excel's own formats of times, by the ids under which it does not write them down. */
const OWN_TIMES: readonly (readonly [from: number, to: number])[] = [
  [14, 22],
  [27, 36],
  [45, 47],
  [50, 58],
];

/**
 * Whether a number of this format is shown as a date or a time.
 *
 * @param code as the workbook has it, e.g. `[$-409]d mmm yyyy;@`; undefined for Excel's own formats
 */
export function isDateFormat(id: number, code: string | undefined): boolean {
  if (code === undefined) return OWN_TIMES.some(([from, to]) => id >= from && id <= to);
  // Words in quotation marks, single characters, paddings, colours and languages are not of the format;
  // [h], [mm] and [ss] are.
  const format = code
    .replace(/"[^"]*"?|[\\_*]./gu, "")
    .replace(/\[(?!h+\]|m+\]|s+\])[^\]]*\]/giu, "");
  return /[dmyhs]/iu.test(format) && !/^general$/iu.test(format);
}
