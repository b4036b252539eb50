import { expect, test } from "vitest";
import { average, percent, rate, readable } from "../../src/mcp/figures.ts";
import { render } from "../../src/mcp/render.ts";

test("a rate keeps four places, a mean two, and nothing has neither", () => {
  expect(rate(65, 236)).toBe(0.2754);
  expect(rate(1, 0)).toBeNull();
  expect(average(10, 3)).toBe(3.33);
  expect(average(0, 0)).toBeNull();
});

test("figures are rounded for reading", () => {
  expect(percent(0.2754237288135593)).toBe("27.5 %");
  expect([0.2754237288135593, 0.00123, 3, 4.5, -0.333].map(readable)).toEqual([
    "0.28",
    "0.0012",
    "3",
    "4.5",
    "-0.33",
  ]);
});

test("the text shows a rate in percent and any other figure rounded", () => {
  const text = render("Shown.", {
    campaigns: [{ id: 1, open_rate: 0.2754, score: 0.8333 }],
    conversion: 0.0512,
    ratings: { topic: 4.333, show_rate: 1 },
  });
  expect(text).toContain("| 1 | 27.5 % | 0.83 |");
  expect(text).toContain("conversion: 5.1 %");
  expect(text).toContain("ratings: topic 4.33, show_rate 100 %");
});
