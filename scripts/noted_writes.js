const OLDER =
  "contacts|events|tickets|contact_roles|interest_topics|contact_interests|speakers|speaker_sessions|speaker_ratings";
const WRITES = new RegExp(
  `\\b(?:INSERT\\s+INTO|MERGE\\s+INTO|UPDATE|DELETE\\s+FROM)\\s+(?:ONLY\\s+)?(?:public\\.)?"?(?:${OLDER})\\b`,
  "iu",
);
const REMOVES = new RegExp(
  `\\bDELETE\\s+FROM\\s+(?:ONLY\\s+)?(?:public\\.)?"?(?:${OLDER})\\b`,
  "iu",
);
const NOTES = /\boutreach\.note_(?:created|before)\s*\(/u;

/** Refuses a query that writes to one of the older tables, which take no triggers, and leaves it out of the history. */
export const notedWrites = {
  rules: {
    "noted-writes": {
      meta: { type: "problem", schema: [] },
      create: (context) => ({
        TaggedTemplateExpression(node) {
          if (node.tag.type !== "Identifier" || node.tag.name !== "sql") return;
          const query = node.quasi.quasis.map(({ value }) => value.raw).join("$");
          if (!WRITES.test(query) || (NOTES.test(query) && !REMOVES.test(query))) return;
          context.report({
            node,
            message:
              "The history must keep this: write the row through older_rows.ts, or call outreach.note_created or outreach.note_before in the statement.",
          });
        },
      }),
    },
  },
};
