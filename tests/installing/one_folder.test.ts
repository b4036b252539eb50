import { execFile } from "node:child_process";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { connect } from "../../workbench/client.ts";
import { temporary } from "../embedded/helpers.ts";

const CLI = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));

it("server, migrate, status and stop share one folder, whatever way each has it written", async () => {
  const home = await temporary();
  const folder = path.join(home, "my data");
  const run = (command: string, written: string) => {
    const env = { ...process.env, HOME: home, USERPROFILE: home, OUTREACH_DATA_DIR: written };
    return promisify(execFile)(process.execPath, [CLI, command], { env, cwd: home }).then(
      ({ stdout }) => stdout,
      (error: unknown) => (error as { stderr: string }).stderr,
    );
  };
  expect(await run("migrate", "~/my data")).toContain(
    `Up to date: the bundled PostgreSQL in ${folder}\n`,
  );
  const env = { HOME: home, USERPROFILE: home, OUTREACH_DATA_DIR: `"${folder}/"` };
  const client = await connect({ server: "organiser", env });
  await client.ask("create_event", { name: "Data Day", event_date: "2027-03-14" });
  const status = await run("status", pathToFileURL(folder).href);
  expect(status).toContain(folder);
  expect(status).toMatch(/^ *1 events$/mu);
  expect(await run("stop", `'~/my data'`)).toMatch(/^One process uses the bundled database/u);
  await client.close();
  expect(await run("stop", path.join(folder, "..", "my data"))).toMatch(
    /^The bundled database is (?:stopped|not running)\./u,
  );
});
