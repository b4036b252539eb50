import { z } from "zod";

/**
 * A backup is one gzip'd text. Nothing in it is ever executed by this program, which reads the lines that
 * are comments of JSON, and the rows; the others are for a person who has `psql` and not this program.
 *
 * ```
 * -- {"event_outreach_backup":1,"program":"1.0.0","made_at":"…","server":"17.10","schema":["001",…]}
 * -- {"schema":"public","name":"events","columns":[["id","integer"],…]}
 * COPY "public"."events" ("id",…) FROM stdin;
 * 1	Data Day	…                      the rows as COPY's text format has them, in UTF-8
 * \.
 * -- {"rows":1,"checksum":"…"}          of these rows, with their line breaks; see Tallying
 * …                                     so for each table
 * -- {"schema":"public","sequence":"events_id_seq","value":"1","is_called":true}
 * SELECT setval('"public"."events_id_seq"', 1, true);
 * -- {"tables":48,"rows":1234}          the end
 * ```
 *
 * The tables are those of `public`, `outreach` and `dbmate`, all of one snapshot; the sequences are read
 * after them, so that each is at or past the rows. Times are in UTC. Columns that the database computes
 * itself are not in it, nor is anything but rows: the definitions are this program's migrations.
 */
export const headerSchema = z.object({
  event_outreach_backup: z.literal(1),
  /** Version of the program that made it. */
  program: z.string(),
  /** ISO 8601, in UTC. */
  made_at: z.string(),
  /** Version of PostgreSQL. */
  server: z.string(),
  /** Numbers of the migrations that the database had. */
  schema: z.array(z.string().regex(/^\d+$/u)),
});
export type Header = z.infer<typeof headerSchema>;

export const columnsSchema = z.array(z.tuple([z.string(), z.string()]));

export const tableSchema = z.object({
  schema: z.string(),
  name: z.string(),
  /** Names and types. */
  columns: columnsSchema,
});
export type Table = z.infer<typeof tableSchema>;

export const tallySchema = z.object({ rows: z.number(), checksum: z.string() });

export const sequenceSchema = z.object({
  schema: z.string(),
  sequence: z.string(),
  /** A bigint. */
  value: z.string().regex(/^-?\d+$/u),
  is_called: z.boolean(),
});
export type Sequence = z.infer<typeof sequenceSchema>;

export const endSchema = z.object({ tables: z.number(), rows: z.number() });

/** What ends a table's rows. */
export const END_OF_ROWS = "\\.\n";

/** A fact, as a line that psql passes over. */
export function comment(fact: object): string {
  return `-- ${JSON.stringify(fact)}\n`;
}

/** A name as SQL takes it, whatever is in it. */
export function quoted(...names: string[]): string {
  return names.map((name) => `"${name.replaceAll('"', '""')}"`).join(".");
}

/** A table with the columns that a backup has of it. */
export function withColumns({ schema, name, columns }: Table): string {
  const list = columns.map(([column]) => quoted(column)).join(", ");
  return list === "" ? quoted(schema, name) : `${quoted(schema, name)} (${list})`;
}
