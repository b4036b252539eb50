import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files that take longest, the longest first: one begun last would be waited for alone. */
const LONG = [
  "tests/sending/",
  "tests/demo.test.ts",
  "tests/import/statements.test.ts",
  "tests/import/properties.test.ts",
  "tests/embedded/",
  "tests/migrations/",
  "tests/cli.test.ts",
  "tests/lint/",
  "tests/backup/",
  "tests/reliability/",
];

/** Runs the long files first, also where no earlier run tells which they are. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const rank = ({ moduleId }: TestSpecification) => {
      const place = LONG.findIndex((part) => moduleId.includes(part));
      return place === -1 ? LONG.length : place;
    };
    return sorted.sort((a, b) => rank(a) - rank(b));
  }
}
