#!/usr/bin/env node
import { Argument, Command } from "commander";
import type { Wish } from "./cli/connect/connect.ts";
import { VERSION } from "./version.ts";

// What each command needs is loaded when it runs, so that `serve` starts as fast as the server alone.
const program = new Command("event-outreach")
  .description(
    "Remembers an event organiser's outreach: who was sent what, how and for which event",
  )
  .version(VERSION)
  .showSuggestionAfterError();

program
  .command("serve")
  .description("start the MCP server on stdin and stdout, or one half of it")
  .addArgument(new Argument("[server]", "one half").choices(["outreach", "import"]))
  .action(async (server?: "outreach" | "import") => {
    if (server === "outreach") await import("./servers/outreach/main.ts");
    else if (server === "import") await import("./servers/import/main.ts");
    else await import("./servers/organiser/main.ts");
  });

program
  .command("connect")
  .description("put the server into the settings of assistants on this machine, after a yes")
  .argument("[client...]", "which; those that are here unless named")
  .option("--yes", "write without asking; time zone and key are those of the environment")
  .option("--print", "show what would be written, and write nothing")
  .option("--remove", "take the server out again")
  .action(async (names: string[], flags: Omit<Wish, "clients">) => {
    const [{ connectClients }, { CLIENTS, thisMachine }, { openDialogue }] = await Promise.all([
      import("./cli/connect/connect.ts"),
      import("./cli/connect/clients.ts"),
      import("./cli/connect/dialogue.ts"),
    ]);
    const known = CLIENTS.map(({ name }) => name);
    const unknown = names.find((name) => !known.includes(name));
    if (unknown !== undefined) {
      throw new Refusal(`There is no client ${unknown}; they are ${known.join(", ")}.`);
    }
    const wish = { ...flags, clients: names };
    if (
      !(await connectClients(wish, thisMachine(process.env), openDialogue, (line) => say([line])))
    ) {
      process.exitCode = 1;
    }
  });

program
  .command("doctor")
  .description(
    "say what is there of all that is needed and what is not; starts and changes nothing",
  )
  .option("--json", "for programs")
  .action(async ({ json = false }: { json?: boolean }) => {
    const { examine, screen } = await import("./cli/doctor/doctor.ts");
    const findings = await examine(process.env);
    const isWell = findings.every(({ state }) => state !== "broken");
    if (json) console.log(JSON.stringify({ ok: isWell, findings }, null, 2));
    else say(screen(findings));
    if (!isWell) process.exitCode = 1;
  });

program
  .command("migrate")
  .description("bring the database up to date; it must exist, unless it is the bundled one")
  .action(async () => {
    const [{ placeOf }, { withUrl }, { migrateDatabase }, { copyBeforeMigration }] =
      await Promise.all([
        import("./cli/which_database.ts"),
        import("./database/commands.ts"),
        import("./database/migrate.ts"),
        import("./database/backup/before_migration.ts"),
      ]);
    const place = placeOf(process.env);
    const applied = await withUrl(place, (url) =>
      migrateDatabase({
        url,
        ...("dataDirectory" in place && {
          copyFirst: () => copyBeforeMigration(url, place.dataDirectory),
        }),
      }),
    );
    for (const file of applied) console.log(`Applied ${file}`);
    console.log(`Up to date: ${place.name}`);
  });

program
  .command("status")
  .description("say which database is used and what state it is in; starts and changes nothing")
  .action(async () => {
    const [{ placeOf }, { statusLines }, { namedZone }] = await Promise.all([
      import("./cli/which_database.ts"),
      import("./cli/status.ts"),
      import("./cli/connect/variables.ts"),
    ]);
    say(await statusLines(placeOf(process.env), namedZone(process.env)));
  });

program
  .command("stop")
  .description("stop the bundled database, unless others use it")
  .option("--force", "stop it whoever uses it")
  .action(async ({ force = false }: { force?: boolean }) => {
    const [{ bundledIn }, { stopEmbedded }] = await Promise.all([
      import("./cli/which_database.ts"),
      import("./database/embedded/index.ts"),
    ]);
    const { stopped, users } = await stopEmbedded({ dataDirectory: bundledIn(process.env), force });
    if (stopped) {
      console.log("The bundled database is stopped.");
    } else if (users === 0) {
      console.log("The bundled database is not running.");
    } else {
      const others = users === 1 ? "One process uses" : `${users} processes use`;
      throw new Refusal(`${others} the bundled database, so it goes on; --force stops it anyway.`);
    }
  });

program
  .command("backup")
  .description("write all that the database holds to one file, while others may go on writing")
  .argument("[file]", "a new file; one with the time in its name, here, unless given")
  .action(async (file: string | undefined) => {
    const [{ placeOf }, { backUp }] = await backupCommands();
    say(await backUp(placeOf(process.env), file));
  });

program
  .command("verify")
  .description("say whether a backup is whole and what it holds; needs no database")
  .argument("<file>")
  .action(async (file: string) => {
    const [, { verify }] = await backupCommands();
    say(await verify(file));
  });

program
  .command("restore")
  .description("put what a backup holds into the database; refuses over rows, unless --force")
  .argument("<file>")
  .option("--force", "replace the rows that are there")
  .action(async (file: string, { force = false }: { force?: boolean }) => {
    const [{ placeOf }, { restore }] = await backupCommands();
    say(await restore(placeOf(process.env), file, force));
  });

program
  .command("demo")
  .description("show a campaign's life on made-up data, in a database of its own")
  .action(async () => {
    // A bundle of its own beside this one, as what it shows is not part of the product.
    const bundle = new URL("demo.js", import.meta.url).href;
    const [{ bundledIn }, { runDemo }] = await Promise.all([
      import("./cli/which_database.ts"),
      import(bundle) as Promise<{ runDemo: (dataDirectory: string) => Promise<void> }>,
    ]);
    await runDemo(`${bundledIn(process.env)}-demo`);
  });

function backupCommands() {
  return Promise.all([import("./cli/which_database.ts"), import("./cli/backup.ts")]);
}

function say(lines: string[]): void {
  for (const line of lines) console.log(line);
}

/** An answer that is a failure for whoever called the command. */
class Refusal extends Error {}

try {
  await program.parseAsync();
} catch (error) {
  const { describeFailure } = await import("./cli/failure.ts");
  console.error(error instanceof Refusal ? error.message : describeFailure(error));
  process.exitCode = 1;
}
