import * as z from "zod";
import { asked, text } from "../../mcp/fields.ts";
import { now } from "../../mcp/time.ts";
import { words } from "../../words/names.ts";
import { openingTool } from "../../conventions/call.ts";
import { appliedFilters } from "../../conventions/question.ts";
import type { SetUp } from "../setup.ts";
import { allTemplates } from "../templates/chosen.ts";
import { isKnownSource } from "../prepare/sources.ts";
import { counted } from "../../words/counts.ts";

export const listTemplatesTool = (setUp: SetUp) =>
  openingTool({
    name: "list_templates",
    title: "List mail templates",
    description:
      'Which templates prepare_send can use, where each parameter comes from (no source: ask the person), which are switched off. E.g. text "CFP".',
    effects: { readOnly: true, destructive: false, idempotent: true, openWorld: true },
    input: z.strictObject({ text: text(200).optional() }),
    output: z.object({
      templates: z.array(
        z.object({
          brevo_template_id: z.number(),
          name: z.string(),
          description: z.string(),
          parameters: z.array(
            z.object({
              name: z.string(),
              description: z.string(),
              source: z.string().nullable(),
              required: z.boolean(),
            }),
          ),
          active: z.boolean(),
          warnings: z.array(z.string()),
        }),
      ),
      total: z.number(),
      ...asked,
    }),
    async handle(args, transactions) {
      const sending = await setUp();
      const [templates, zone] = await Promise.all([
        allTemplates(sending),
        transactions.read((call) => Promise.resolve(call.zone)),
      ]);
      const wanted = words(args.text ?? "");
      const matching = templates.filter((template) => {
        const own = words(
          [...template.names, template.description, template.brevo_template_id].join(" "),
        );
        return wanted.every((word) => own.some((other) => other.startsWith(word)));
      });
      const off = matching.filter(({ active, fault }) => !active || fault !== null).length;
      return {
        headline: `${String(matching.length)} of ${counted(templates.length, "template")} ${matching.length === 1 ? "matches" : "match"}${off > 0 ? `; ${String(off)} cannot be used now` : ""}.`,
        facts: {
          templates: matching.map(({ parameters, names, fault, ...template }) => ({
            ...template,
            parameters: parameters.map(({ name, description, source, required }) => ({
              name,
              description,
              source: source !== null && isKnownSource(source) ? source : null,
              required,
            })),
          })),
          total: matching.length,
          as_of: now(zone),
          filter: appliedFilters(args),
          resolved: { event: null, campaign: null, contact: null, from: null, to: null },
        },
      };
    },
  });
