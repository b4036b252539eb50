/** The database cannot be used as it is; the message is a sentence or two for a person, without secrets. */
export class DatabaseUnavailable extends Error {
  override readonly name = "DatabaseUnavailable";
}
