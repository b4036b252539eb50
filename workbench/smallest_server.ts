import { McpServer } from "@modelcontextprotocol/server";
import { StdioServerTransport } from "@modelcontextprotocol/server/stdio";
import * as z from "zod";

// A program: the smallest server that a user of the SDK would write, against which ours are measured.
const server = new McpServer({ name: "smallest", version: "1" });
server.registerTool(
  "greet",
  { description: "Greets somebody", inputSchema: z.object({ name: z.string() }) },
  ({ name }) => ({ content: [{ type: "text", text: `Hello, ${name}` }] }),
);
await server.connect(new StdioServerTransport());
