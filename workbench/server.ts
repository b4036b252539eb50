import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import path from "node:path";

/** A PostgreSQL on which tests may make and drop databases. */
export interface TestServer {
  /** URL of a database to give commands from. */
  url: string;
  /** What it is, for the person who reads the test run. */
  name: string;
  stop(): Promise<void>;
}

/**
 * A real PostgreSQL: TEST_DATABASE_URL if given, else a container where a Docker engine answers and
 * has or gets the image in time, else the embedded one in a folder of its own. Never DATABASE_URL.
 */
export async function startTestServer(): Promise<TestServer> {
  const given = process.env["TEST_DATABASE_URL"];
  if (given) {
    return { url: given, name: "the server of TEST_DATABASE_URL", stop: () => Promise.resolve() };
  }
  return (await startContainer()) ?? (await startEmbedded());
}

/** The embedded PostgreSQL in a new temporary folder. */
export async function startEmbedded(): Promise<TestServer> {
  const { attachEmbedded, stopEmbedded } = await import("../src/database/embedded/index.ts");
  const folder = await mkdtemp(path.join(tmpdir(), "event-outreach-test-"));
  const dataDirectory = path.join(folder, "data");
  try {
    const lease = await attachEmbedded({ dataDirectory });
    return {
      url: lease.url,
      name: "the bundled PostgreSQL in a temporary folder",
      stop: async () => {
        await lease.release();
        await stopEmbedded({ dataDirectory, force: true });
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

const IMAGE = "postgres:17";
const ENGINE_ANSWERS_WITHIN = 5_000;
const CONTAINER_STARTS_WITHIN = 90_000;

/** A container with PostgreSQL, or null where there is no engine, no image and no network, or no patience. */
async function startContainer(): Promise<TestServer | null> {
  if (!hasEngine()) return null;
  // Slow to load, so only where there may be something to find.
  const { getContainerRuntimeClient } = await import("testcontainers");
  const { PostgreSqlContainer } = await import("@testcontainers/postgresql");
  try {
    await within(ENGINE_ANSWERS_WITHIN, getContainerRuntimeClient());
    const starting = new PostgreSqlContainer(IMAGE)
      .withEnvironment({
        POSTGRES_INITDB_ARGS: "--encoding=UTF8 --locale-provider=builtin --builtin-locale=C.UTF-8",
      })
      .withCommand(["postgres", "-c", "fsync=off", "-c", "max_connections=200"])
      .withStartupTimeout(CONTAINER_STARTS_WITHIN)
      .start();
    const container = await within(CONTAINER_STARTS_WITHIN, starting).catch((error: unknown) => {
      void starting.then((late) => late.stop()).catch(() => undefined);
      throw error;
    });
    return {
      url: `${container.getConnectionUri()}?sslmode=disable`,
      name: `a container of ${IMAGE}`,
      stop: async () => {
        await container.stop();
      },
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    console.log(`No container for the tests (${reason.split("\n")[0] ?? ""}).`);
    return null;
  }
}

/** A cheap look first: without an engine the client library takes seconds to find out. */
function hasEngine(): boolean {
  if (process.env["DOCKER_HOST"] || process.env["TESTCONTAINERS_HOST_OVERRIDE"]) return true;
  const sockets =
    process.platform === "win32"
      ? [String.raw`\\.\pipe\docker_engine`]
      : [
          "/var/run/docker.sock",
          path.join(homedir(), ".docker/run/docker.sock"),
          path.join(homedir(), ".docker/desktop/docker.sock"),
          path.join(homedir(), ".colima/default/docker.sock"),
          `/run/user/${String(process.getuid?.() ?? "")}/docker.sock`,
        ];
  return sockets.some((socket) => existsSync(socket));
}

async function within<Result>(milliseconds: number, work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`it took longer than ${String(milliseconds / 1000)} s`));
    }, milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
