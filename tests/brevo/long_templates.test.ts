import { describe, expect, it } from "vitest";
import { described } from "../../src/brevo/mail_service.ts";
import { readTemplateText } from "../../src/brevo/templates/reading.ts";
import { sampleOf } from "../../src/brevo/templates/sample.ts";
import { refuseInactive } from "../../src/sending/templates/chosen.ts";
import { mergeTemplates } from "../../src/sending/templates/merge.ts";

describe("a template made to be slow", () => {
  const numbered = (piece: (n: number) => string) => (length: number) =>
    Array.from({ length: length / piece(0).length }, (_, n) => piece(n)).join("");
  const repeated = (piece: string) => (length: number) =>
    piece.repeat(Math.ceil(length / piece.length));

  it.each<[string, (length: number) => string]>([
    ["comments that do not end", repeated("{#")],
    ["outputs that do not end", repeated("{{ '")],
    ["blocks that do not end", repeated("{%")],
    ["quotes around ends", repeated("{{'}}")],
    ["quotes that do not end", repeated(`{{ ${"“".repeat(3900)} }}`)],
    ["escaped quotes", repeated(`{{ "${'\\"'.repeat(1900)} }}`)],
    ["blanks before a dash", repeated(`{{params.a${" ".repeat(3900)}x}}`)],
    ["conditions within conditions", repeated("{% if params.a %}")],
    ["names within names", repeated("{% with a=params.b %}")],
    [
      "ends of what is not open",
      (length) => repeated("{% if a %}")(length / 2) + repeated("{% endfor %}")(length / 2),
    ],
    ["parameters", numbered((n) => `{{params.a${String(n)}}}`)],
    ["fields", numbered((n) => `{{params.a.b${String(n)}}}`)],
    ["names that nothing fills", numbered((n) => `{{x${String(n)}}}`)],
  ])("by %s takes no longer for each letter of a long one", (_what, text) => {
    const read = (length: number) => {
      const htmlContent = text(length);
      // Of this process alone: how busy the machine is must not count.
      const started = process.cpuUsage();
      readTemplateText("", htmlContent);
      sampleOf({ subject: "", htmlContent }, {});
      return process.cpuUsage(started).user / 1000;
    };
    read(20_000);
    const short = Math.max(10, read(40_000));
    // Ten times as long: a scan that begins anew at every place would take a hundred times as long.
    expect(read(400_000)).toBeLessThan(40 * short);
  });

  it("by its length is not read at all, and nothing is sent with it", () => {
    const template = described({
      id: 5,
      name: "Long",
      subject: "",
      htmlContent: `{{params.a}}${"x".repeat(1_000_000)}`,
      isActive: true,
    });
    expect(template.parameters).toEqual([]);
    expect(template.tooLong).toBe(
      "It has 1,000,012 characters, and more than 1,000,000 are not read, so nothing can be sent with it from here.",
    );
    expect(mergeTemplates([], [template])[0]?.warnings).toEqual([template.tooLong]);
    expect(() => {
      refuseInactive(template);
    }).toThrow(/too long/u);
  });
});
