import safeql from "@ts-safeql/eslint-plugin/config";
import tseslint from "typescript-eslint";
import { notedWrites } from "./scripts/noted_writes.js";
import { walls } from "./scripts/walls/rule.js";

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
        int8: "number",
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
      "tests/lint/wrong/walls/",
      ...(process.env["LINT_WRONG_QUERIES"] ? [] : ["tests/lint/wrong/"]),
    ],
  },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: {
          allowDefaultProject: [
            "*.js",
            "*.config.ts",
            "scripts/*.js",
            "scripts/walls/*.js",
            "plugin/*.mjs",
          ],
        },
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
      eqeqeq: "error",
      "no-console": ["error", { allow: ["error"] }],
      // A field is left out of an object by naming it beside the rest.
      "@typescript-eslint/no-unused-vars": [
        "error",
        { argsIgnorePattern: "^_", varsIgnorePattern: "^_", ignoreRestSiblings: true },
      ],
    },
  },
  { files: ["src/**/*.ts"], rules: { "no-restricted-syntax": ["error", ...sqlRules] } },
  {
    files: ["src/**/queries.ts", "src/**/queries/**"],
    rules: {
      // A cast would hide what the proof of the row types shows.
      "@typescript-eslint/consistent-type-assertions": ["error", { assertionStyle: "never" }],
    },
  },
  { plugins: { house: walls }, rules: { "house/walls": "error" } },
  {
    files: ["src/**/*.ts", "tests/lint/wrong/*.ts"],
    plugins: { history: notedWrites },
    rules: { "history/noted-writes": "error" },
  },
  ...(databaseUrl ? [provedQueries] : []),
  {
    files: [
      "src/cli.ts",
      "src/cli/**",
      "demo/**",
      "bench/**",
      "evals/**",
      "workbench/**",
      "scripts/**",
      "tests/**",
    ],
    rules: { "no-console": "off" },
  },
  {
    files: ["tests/**", "workbench/**", "stand_in/**", "demo/**", "bench/**", "evals/**"],
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
  { files: ["**/*.js", "**/*.mjs"], ...tseslint.configs.disableTypeChecked },
);
