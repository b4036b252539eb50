/** The words of a name, without case and accents: as `outreach.words` reads them in the database. */
export function words(text: string): string[] {
  return text
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/gu, "")
    .toLowerCase()
    .replaceAll("&", " and ")
    .replace(/['\u2019\u2018\u02bc`\u00b4]/gu, "")
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "");
}

/** What two spellings of one name share: as `outreach.fold` in the database. */
export function folded(name: string): string {
  return words(name).join(" ");
}

/** Whether two texts are one name, spelled alike or not. */
export function sameName(one: string, other: string): boolean {
  return folded(one) === folded(other);
}
