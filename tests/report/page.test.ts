import path from "node:path";
import { pathToFileURL } from "node:url";
import axe from "axe-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { noBrowser, openTab, type Tab } from "../../workbench/browser.ts";
import { reportedWorld } from "./world.ts";

const missing = noBrowser();
if (missing !== undefined) console.log(`Reports are not tried in a browser: ${missing}.`);
describe.skipIf(missing !== undefined)("a report in a real browser", () => {
  let world: Awaited<ReturnType<typeof reportedWorld>>;
  let tab: Tab;
  const pages: Record<string, string> = {};
  beforeAll(async () => {
    world = await reportedWorld();
    for (const [name, args] of [
      ["event", { event: world.event }],
      ["last", { event: "Data & AI Day 2025", people: true }],
      ["campaign", { campaign: "CFP 2026" }],
    ] as const) {
      const file_path = path.join(world.folder, `${name}.html`);
      await world.client.ask("export_report", { ...args, file_path });
      pages[name] = pathToFileURL(file_path).href;
    }
    tab = await openTab();
  });
  afterAll(async () => {
    await tab.close();
    await world.close();
  });

  async function show(page: string, scheme: string, width: number, media = "screen") {
    await tab.command("Emulation.setEmulatedMedia", {
      media,
      features: [{ name: "prefers-color-scheme", value: scheme }],
    });
    await tab.command("Emulation.setDeviceMetricsOverride", {
      width,
      height: 900,
      deviceScaleFactor: 1,
      mobile: false,
    });
    await tab.open(pages[page]!);
  }

  /** What an accessibility checker objects to, by rule and place. */
  async function objections(): Promise<string[]> {
    await tab.run(`${axe.source};0`);
    return tab.run(`axe.run().then(({ violations }) => violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target }) => id + " " + target.join(" "))))`);
  }

  const CUT = `[...document.querySelectorAll("html,section,table,td,th,dd")]
    .filter((one) => one.scrollWidth > one.clientWidth + 1)
    // On a narrow page the heads of columns are for those who listen.
    .filter((one) => getComputedStyle(one.closest("thead") ?? one).position !== "absolute")
    .map((one) => one.tagName + " " + one.textContent.slice(0, 40))`;

  it.each([
    ["event", "light", 1000],
    ["event", "dark", 1000],
    ["event", "light", 360],
    ["last", "dark", 360],
    ["last", "light", 1000],
    ["campaign", "light", 1000],
  ])("of %s, %s and %i pixels wide, can be read by everybody and is whole", async (...how) => {
    await show(...how);
    expect(await objections()).toEqual([]);
    expect(await tab.run(CUT)).toEqual([]);
    expect(await tab.run("getComputedStyle(document.body).backgroundColor")).toBe(
      how[1] === "dark" ? "rgb(19, 22, 26)" : "rgb(255, 255, 255)",
    );
  });

  it.each([1000, 360])(
    "has no word in the timeline under another or a line, %i wide",
    async (width) => {
      await show("event", "light", width);
      const found: { words: number; covered: string[] } = await tab.run(`(() => {
      const words = [...document.querySelectorAll("#timeline svg.drawing text")]
        .filter((one) => one.checkVisibility()).map((one) => [one, one.getBoundingClientRect()]);
      const all = [...document.querySelectorAll("#timeline svg.drawing *")];
      const covered = words.flatMap(([one, a]) => [
        ...words.filter(([other, b]) => other !== one && a.left < b.right && b.left < a.right &&
          a.top + 2 < b.bottom - 2 && b.top + 2 < a.bottom - 2).map(([other]) => other.textContent),
        ...all.slice(all.indexOf(one)).filter((other) => other.matches("line.day"))
          .map((other) => "a line"),
      ].map((other) => other + " over " + one.textContent));
      return { words: words.length, covered };
    })()`);
      expect(found.covered).toEqual([]);
      expect(found.words).toBeGreaterThan(6);
    },
  );

  it("draws in colours that stand out from the paper, in light and in dark", async () => {
    for (const scheme of ["light", "dark"]) {
      await show("event", scheme, 1000);
      const contrasts: Record<string, number> = await tab.run(`(() => {
        const light = (colour) => {
          const [r, g, b] = colour.match(/[\\d.]+/g).map((part) => part / 255)
            .map((part) => part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
          return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        const paper = light(getComputedStyle(document.body).backgroundColor) + 0.05;
        return Object.fromEntries(["mail", "post", "asset", "shared", "column", "f3", "end before"]
          .map((shade) => {
            const one = document.querySelector("svg ." + shade.replace(" ", "."));
            const its = light(getComputedStyle(one).fill) + 0.05;
            return [shade, Math.max(its, paper) / Math.min(its, paper)];
          }));
      })()`);
      expect(Object.entries(contrasts).filter(([, contrast]) => contrast < 3)).toEqual([]);
    }
  });

  it("asks for nothing and runs nothing, whatever strangers are called", async () => {
    await show("last", "light", 1000);
    expect(await tab.run("document.title")).toBe("Data & AI Day 2025");
    expect(await tab.run("document.querySelectorAll('script,img,link,a,iframe').length")).toBe(0);
    expect(await tab.run("document.querySelectorAll('#sessions tbody tr').length")).toBe(2);
    // The policy is in force: what would be put into the page is not run.
    await tab.run(`(() => { const s = document.createElement("script");
      s.textContent = "document.title = 'run'"; document.body.append(s); })()`);
    expect(await tab.run("document.title")).toBe("Data & AI Day 2025");
    const others = tab.requested().filter((url) => !Object.values(pages).includes(url));
    expect(others.filter((url) => !url.startsWith("about:"))).toEqual([]);
  });

  it("is printed on sheets of A4, light and without anything cut off", async () => {
    for (const page of Object.keys(pages)) {
      // As wide as a sheet within its margins.
      await show(page, "dark", 680, "print");
      expect(await tab.run(CUT)).toEqual([]);
      expect(await tab.run("getComputedStyle(document.body).backgroundColor")).toBe(
        "rgb(255, 255, 255)",
      );
      const { data } = await tab.command("Page.printToPDF", { preferCSSPageSize: true });
      const pdf = Buffer.from(data as string, "base64").toString("latin1");
      const sheets = [...pdf.matchAll(/\/MediaBox ?\[0 0 ([\d.]+) ([\d.]+)\]/gu)];
      expect(sheets.length).toBeGreaterThan(0);
      for (const [, width, height] of sheets) {
        expect([Math.round(Number(width)), Math.round(Number(height))]).toEqual([595, 842]);
      }
    }
  });
});
