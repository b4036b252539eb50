import safeql from "@ts-safeql/eslint-plugin/config";
import tseslint from "typescript-eslint";

/**
 * Who may import whom: main → server → tools → queries → database, and beside them the parts that
 * know nothing of each other. Each zone lists what it must not know.
 */
const layers = [
  {
    zone: ["src/database/**"],
    forbidden: ["mcp", "outreach", "import", "references", "brevo", "cli"],
    because: "the database layer knows nothing of what is built on it",
  },
  {
    zone: ["src/**/queries/**", "src/import/formats/**"],
    forbidden: ["mcp", "references", "brevo", "tools", "server", "main", "cli"],
    because: "queries and formats know data only: no MCP, no tools",
  },
  {
    zone: ["src/mcp/**"],
    forbidden: ["database", "outreach", "import", "references", "brevo", "cli"],
    because: "what knows the protocol knows no campaigns and no tables",
  },
  {
    zone: ["src/references/**"],
    forbidden: ["tools", "server", "main", "brevo", "cli"],
    because: "references are resolved below the tools",
  },
  {
    zone: ["src/brevo/**"],
    forbidden: ["database", "mcp", "outreach", "import", "references", "cli"],
    because: "the client of Brevo's API knows only Brevo",
  },
  {
    zone: ["src/*/tools/**"],
    forbidden: ["server", "main", "cli"],
    because: "a server lists its tools, not the other way round",
  },
  { zone: ["src/outreach/**"], forbidden: ["import"], because: "the two servers are separate" },
  { zone: ["src/import/**"], forbidden: ["outreach"], because: "the two servers are separate" },
];

const sdkOnlyInMcp = {
  regex: "^@modelcontextprotocol/",
  message: "Only src/mcp knows the SDK.",
};

/** One rule per file: a later block for the same file would replace an earlier one's patterns. */
function layerRules() {
  const zones = [...new Set(layers.flatMap(({ zone }) => zone))];
  return zones.map((files) => {
    const applying = layers.filter(
      ({ zone }) => zone.includes(files) || zone.some((wide) => covers(wide, files)),
    );
    const patterns = applying.flatMap(({ forbidden, because }) =>
      forbidden.map((part) => ({
        regex: `^(?:\\.{1,2}/)+(?:.*/)?${part}(?:/|\\.ts$)`,
        message: `Against the direction of dependencies: ${because}.`,
      })),
    );
    return {
      files: [files],
      rules: {
        "no-restricted-imports": [
          "error",
          { patterns: files.startsWith("src/mcp/") ? patterns : [...patterns, sdkOnlyInMcp] },
        ],
      },
    };
  });
}

function covers(wide, narrow) {
  return wide.endsWith("/**") && wide !== narrow && narrow.startsWith(wide.slice(0, -2));
}

const sqlRules = [
  {
    selector:
      "CallExpression:matches([callee.property.name='unsafe'], [callee.object.name='sql'][callee.property.name='file'])",
    message: "SQL is written as a sql`…` template, whose types are proved.",
  },
  {
    selector:
      "TaggedTemplateExpression:not([tag.name='sql']):not([tag.object.name='String'][tag.property.name='raw'])",
    message: "The tag of a query is a variable named sql, so that the query is checked.",
  },
];

/** Set by scripts/lint.ts, which starts and migrates the database that queries are proved against. */
const databaseUrl = process.env["LINT_DATABASE_URL"];

const provedQueries = {
  files: ["src/**/*.ts", ...(process.env["LINT_WRONG_QUERIES"] ? ["tests/lint/wrong/*.ts"] : [])],
  ...safeql.configs.connections({
    databaseUrl: databaseUrl ?? "",
    targets: [{ tag: "sql", transform: "{type}[]" }],
    overrides: {
      types: {
        // As src/database/options.ts has them read: dates are text.
        date: "string",
        time: "string",
        timestamp: "string",
        timestamptz: "string",
        json: { parameter: "Json", return: "Json" },
        jsonb: { parameter: { regex: "^Parameter<.*>$" }, return: "Json" },
      },
    },
  }),
};

export default tseslint.config(
  {
    ignores: [
      "dist/",
      "coverage/",
      ...(process.env["LINT_WRONG_QUERIES"] ? [] : ["tests/lint/wrong/"]),
    ],
  },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ["*.js", "*.config.ts", "scripts/*.js"] },
      },
    },
  },
  {
    rules: {
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      // postgres.js says `Options<{}>` where it means no types of one's own.
      "@typescript-eslint/no-empty-object-type": ["error", { allowObjectTypes: "always" }],
      "@typescript-eslint/only-throw-error": "error",
      // A field is left out of an object by naming it beside the rest.
      "@typescript-eslint/no-unused-vars": ["error", { ignoreRestSiblings: true }],
      eqeqeq: "error",
      "no-console": ["error", { allow: ["error"] }],
      "@typescript-eslint/no-unused-vars": [
        "error",
        { argsIgnorePattern: "^_", varsIgnorePattern: "^_", ignoreRestSiblings: true },
      ],
    },
  },
  { files: ["src/**/*.ts"], rules: { "no-restricted-syntax": ["error", ...sqlRules] } },
  {
    files: ["src/**/queries/**"],
    rules: {
      // A cast would hide what the proof of the row types shows.
      "@typescript-eslint/consistent-type-assertions": ["error", { assertionStyle: "never" }],
    },
  },
  ...layerRules(),
  ...(databaseUrl ? [provedQueries] : []),
  {
    files: ["src/cli.ts", "src/cli/**", "demo/**", "bench/**", "scripts/**", "tests/**"],
    rules: { "no-console": "off" },
  },
  {
    files: ["tests/**", "stand_in/**", "demo/**", "bench/**"],
    rules: {
      "@typescript-eslint/no-non-null-assertion": "off",
      // What a tool answers is looked into without describing its type first.
      "@typescript-eslint/no-explicit-any": "off",
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-call": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-return": "off",
    },
  },
  { files: ["**/*.js"], ...tseslint.configs.disableTypeChecked },
);
