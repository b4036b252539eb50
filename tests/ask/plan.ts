import type { Sql } from "postgres";

interface Plan {
  "Node Type": string;
  "Relation Name"?: string;
  Plans?: Plan[];
}

/** The tables, among some, that a question over the views reads from end to end. */
export async function readInFull(sql: Sql, question: string, among: RegExp): Promise<string[]> {
  const plan = await sql.begin(async (transaction) => {
    // As ask_database asks.
    await transaction`SET LOCAL search_path = ask, pg_catalog, pg_temp`;
    await transaction`SET LOCAL max_parallel_workers_per_gather = 0`;
    const [row] = await transaction.unsafe(`EXPLAIN (FORMAT JSON) ${question}`);
    return row!["QUERY PLAN"][0].Plan as Plan;
  });
  const found: string[] = [];
  const visit = (node: Plan) => {
    if (node["Node Type"] === "Seq Scan") found.push(node["Relation Name"] ?? "");
    node.Plans?.forEach(visit);
  };
  visit(plan);
  return found.filter((name) => among.test(name));
}
