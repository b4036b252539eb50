import { connect } from "../../workbench/client.ts";
import { yesOrNo, type Entry, type Row } from "../measure.ts";

const AIMS = { outreach: 8_000, import: 2_500 };

/** What the tools cost a model before its first question. */
export const tokens: Entry = {
  name: "tokens",
  about: "Name, description and input schema of all tools, in characters / 4.",
  async run() {
    const rows: Row[] = [];
    for (const server of ["outreach", "import"] as const) {
      const client = await connect({ server });
      const tools = await client.tools().finally(() => client.close());
      const shown = tools.map(({ name, description, inputSchema }) =>
        JSON.stringify({ name, description, inputSchema }),
      );
      const cost = shown.reduce((sum, text) => sum + text.length, 0) / 4;
      rows.push({
        server,
        tools: tools.length,
        tokens: Math.round(cost),
        tokens_a_tool: cost / tools.length,
        aim: `<= ${AIMS[server]}`,
        met: yesOrNo(cost <= AIMS[server]),
      });
    }
    return rows;
  },
};
