import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { noBrowser, openTab } from "../workbench/browser.ts";
import { connect } from "../workbench/client.ts";

// Draws docs/report.png anew: how the report of the demo's next event begins. The demo counts its days from
// today, and so do the dates in the picture.

/** Of the picture in pixels, each of which a dense screen has one and a half of. */
const WIDTH = 920;
const SCALE = 1.5;

const missing = noBrowser();
if (missing !== undefined) throw new Error(missing);
const folder = await mkdtemp(path.join(tmpdir(), "event-outreach-picture-"));
try {
  const OUTREACH_DATA_DIR = path.join(folder, "demo");
  const demo = (await import(new URL("../dist/demo.js", import.meta.url).href)) as {
    runDemo: (dataDirectory: string) => Promise<void>;
  };
  await demo.runDemo(OUTREACH_DATA_DIR);
  const client = await connect({
    env: { OUTREACH_DATA_DIR, OUTREACH_TIMEZONE: "Africa/Johannesburg" },
  });
  const file_path = path.join(folder, "report.html");
  await client.ask("export_report", { event: "next", file_path });
  await client.close();
  const tab = await openTab();
  await tab.command("Emulation.setDeviceMetricsOverride", {
    width: WIDTH,
    height: WIDTH,
    deviceScaleFactor: SCALE,
    mobile: false,
  });
  await tab.command("Emulation.setEmulatedMedia", {
    features: [{ name: "prefers-color-scheme", value: "light" }],
  });
  await tab.open(pathToFileURL(file_path).href);
  await tab.command("Emulation.setScrollbarsHidden", { hidden: true });
  const height = await tab.run<number>(
    "document.querySelector('#registrations figure').getBoundingClientRect().bottom + 6",
  );
  const { data } = await tab.command("Page.captureScreenshot", {
    format: "png",
    captureBeyondViewport: true,
    clip: { x: 0, y: 0, width: WIDTH, height, scale: 1 },
  });
  await tab.close();
  const picture = fileURLToPath(new URL("../docs/report.png", import.meta.url));
  await writeFile(picture, Buffer.from(data as string, "base64"));
} finally {
  await rm(folder, { recursive: true, force: true });
}
