/**
 * A file that cannot be read as a table. The message is a sentence or two for a person, names the row
 * where there is one, and holds nothing of the file's content nor of its path.
 */
export class ImportFileError extends Error {
  override readonly name = "ImportFileError";
}
