import type postgres from "postgres";

/** The functions of schema outreach that say what they are for; triggers' own are said at their tables. */
export async function functionsSection(sql: postgres.ISql): Promise<string> {
  const functions = await sql<{ name: string; parameters: string; comment: string }[]>`
    SELECT proname::text AS name, pg_get_function_identity_arguments(oid) AS parameters,
           obj_description(oid, 'pg_proc') AS comment
    FROM pg_proc
    WHERE pronamespace = 'outreach'::regnamespace AND obj_description(oid, 'pg_proc') IS NOT NULL
    ORDER BY proname, 2`;
  const lines = functions.map(
    ({ name, parameters, comment }) =>
      `- \`outreach.${name}(${parameters.replaceAll("timestamp with time zone", "timestamptz")})\`: ${comment}`,
  );
  return lines.join("\n");
}
