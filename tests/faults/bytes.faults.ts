import { inject, afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { seedPeople } from "../support/people.ts";
import { Choices } from "./support/choices.ts";
import { checkInvariants } from "./support/invariants.ts";
import { Judge } from "./support/judge.ts";
import { Wire, type WireOptions } from "./support/wire.ts";

const MEBIBYTE = 1024 * 1024;
const LONGEST_LINE = 10 * MEBIBYTE;
const DEEP = 100_000;

const deep = (open: string, close: string, inner = "") =>
  open.repeat(DEEP) + inner + close.repeat(DEEP);

const HELLO = {
  protocolVersion: "2025-11-25",
  capabilities: {},
  clientInfo: { name: "bytes", version: "1" },
};

const event = (name: string) => ({ name, event_date: "2026-05-05" });

describe.each(["outreach", "import"] as const)("bytes on the stdin of the %s server", (server) => {
  let database: TestDatabase;
  let wire: Wire;
  let before: string;
  const judge = new Judge([], []);
  const seed = inject("faultSeed");

  const start = (options: Partial<WireOptions> = {}) => {
    wire = new Wire({ server, env: { DATABASE_URL: database.url }, isLax: true, ...options });
    return wire;
  };
  /** The server lives, answers, and its tools work. */
  const expectAlive = async () => {
    wire.raw("\n");
    expect((await wire.request("ping"))?.result).toEqual({});
    const tools = await wire.request("tools/list");
    expect(tools?.result?.["tools"].length).toBeGreaterThan(5);
    const [tool, args] =
      server === "outreach"
        ? ["list_events", {}]
        : ["validate_import_data", { file_path: "none.csv", import_type: "walkup" }];
    const answer = await wire.call(tool, args);
    expect(answer?.result?.["content"][0].text).toMatch(/2 of 2 events|There is no file/u);
  };
  const rows = async (): Promise<string> => {
    const [row] = await database.sql<{ rows: string }[]>`
      SELECT (SELECT count(*) FROM events) || ' ' || (SELECT count(*) FROM contacts) || ' '
             || (SELECT count(*) FROM campaigns) || ' ' || (SELECT count(*) FROM communications) AS rows`;
    return row!.rows;
  };

  beforeAll(async () => {
    database = await freshDatabase();
    await seedPeople(database.sql);
  });
  beforeEach(async () => {
    before = await rows();
    await start().open();
  });
  afterEach(async () => {
    await wire.close();
    expect(wire.wrong).toEqual([]);
    expect(wire.ended).toBe(0);
    expect(wire.stderr()).not.toMatch(/Internal error|\n {4}at |UnhandledPromise|Warning/u);
    expect(await rows()).toBe(before);
    await checkInvariants(database.sql);
  });
  afterAll(async () => {
    await database.drop();
  });

  it("lives on after random bytes", async () => {
    const random = new Choices(seed);
    for (let chunk = 1; chunk <= 500; chunk += 1) {
      wire.raw(random.bytes(random.whole(1, 3000)));
      if (chunk % 100 === 0) await expectAlive();
    }
  });

  it("lives on after messages that were damaged on the way", async () => {
    const random = new Choices(seed + 1);
    const messages = [
      { id: 1001, method: "ping" },
      { id: 1002, method: "tools/list", params: { cursor: "x" } },
      { id: 1003, method: "tools/call", params: { name: "list_events", arguments: { limit: 1 } } },
      { id: 1004, method: "initialize", params: HELLO },
      { method: "notifications/cancelled", params: { requestId: 1003, reason: "no" } },
      { method: "notifications/progress", params: { progressToken: 1, progress: 1 } },
      { id: 1005, result: {} },
      { id: 1006, error: { code: 1, message: "no" } },
    ].map((message) => Buffer.from(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`));
    for (let message = 1; message <= 3000; message += 1) {
      wire.raw(damaged(random.pick(messages), random));
      if (message % 500 === 0) await expectAlive();
    }
  });

  it("reads broken UTF-8 in a text as a text", async () => {
    const broken = [[0xff], [0xc3], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xc0, 0xaf]];
    for (const [index, bytes] of broken.entries()) {
      const id = 2000 + index;
      const answer = wire.expect(id);
      wire.raw(
        Buffer.concat([
          Buffer.from(
            `{"jsonrpc":"2.0","id":${String(id)},"method":"tools/call","params":{"name":"nothing","arguments":{"x":"`,
          ),
          Buffer.from(bytes),
          Buffer.from('"}}}\n'),
        ]),
      );
      expect((await answer)?.error?.message).toContain("no such tool");
    }
    await expectAlive();
  });

  it(
    "takes a line of nearly 10 MiB and answers it in few words",
    { timeout: 120_000 },
    async () => {
      for (const fill of ["x", "é", '\\"', "[],"]) {
        const id = 3000 + fill.length;
        const head = `{"jsonrpc":"2.0","id":${String(id)},"method":"tools/call","params":{"name":"list_events","arguments":{"text":`;
        const times = Math.floor((LONGEST_LINE - head.length - 20) / Buffer.byteLength(fill));
        const value =
          fill === "[]," ? `[${fill.repeat(times - 1)}[]]` : `"${fill.repeat(times - 1)}"`;
        const answer = wire.expect(id);
        wire.raw(`${head}${value}}}}\n`);
        const said = JSON.stringify(await answer);
        expect(said.length).toBeLessThan(1000);
        await expectAlive();
      }
    },
  );

  it("answers or ends cleanly after a line over 10 MiB, and is never deaf", async () => {
    if (server === "outreach") await expectAlive();
    wire.raw(
      `{"jsonrpc":"2.0","id":4000,"method":"tools/call","params":{"name":"create_event","arguments":${JSON.stringify(event("Too long")).slice(0, -1)},"description":"`,
    );
    for (let written = 0; written < 12; written += 1) wire.raw("x".repeat(MEBIBYTE));
    wire.raw('"}}}\n');
    const answer = wire.expect(4001, "ping after a line over 10 MiB", 20);
    wire.raw('{"jsonrpc":"2.0","id":4001,"method":"ping"}\n');
    const said = await answer;
    expect(said !== undefined || wire.ended === 0).toBe(true);
  });

  it("refuses what is 100,000 levels deep, wherever it is", { timeout: 120_000 }, async () => {
    const places = [
      `{"jsonrpc":"2.0","id":5001,"method":"tools/call","params":{"name":"NAME","arguments":{"event":${deep("[", "]")}}}}`,
      `{"jsonrpc":"2.0","id":5002,"method":"tools/call","params":{"name":"NAME","arguments":${deep('{"a":', "}", "1")}}}`,
      `{"jsonrpc":"2.0","id":5003,"method":"tools/call","params":{"name":"NAME","arguments":{},"_meta":${deep('{"a":', "}", "1")}}}`,
      `{"jsonrpc":"2.0","id":5004,"method":"tools/call","params":{"name":${deep("[", "]")},"arguments":{}}}`,
      `{"jsonrpc":"2.0","id":5005,"method":"ping","params":${deep('{"a":', "}", "1")}}`,
      `{"jsonrpc":"2.0","id":5006,"method":"nothing","params":${deep('{"a":', "}", "1")}}`,
    ];
    for (const [index, place] of places.entries()) {
      const id = 5001 + index;
      const answer = wire.expect(id, place.slice(0, 90), 20);
      wire.raw(
        `${place.replace("NAME", server === "outreach" ? "list_events" : "preview_import")}\n`,
      );
      const said = await answer;
      expect(said).toBeDefined();
      expect(judge.leaks(JSON.stringify(said), () => false)).toEqual([]);
      await expectAlive();
    }
    for (const line of [deep("[", "]"), deep('{"a":', "}", "1"), deep('{"id":', "}", "1")]) {
      wire.raw(`${line}\n${line.slice(0, DEEP)}\n`);
    }
    // No message at all in this protocol, so not answered.
    wire.raw(`{"jsonrpc":"2.0","id":5007,"method":"tools/call","params":${deep("[", "]")}}\n`);
    wire.raw(`{"jsonrpc":"2.0","id":${deep("[", "]")},"method":"ping"}\n`);
    await expectAlive();
  });

  it("lives on after JSON that is no message, and after batches", async () => {
    const lines = ["", " ", "\t", "\r", "null", "true", "1", '"x"', "[]", "{}", "[[]]", "-", "NaN"];
    const ping = '{"jsonrpc":"2.0","id":6000,"method":"ping"}';
    lines.push(`[${ping}]`, `[${ping},${ping}]`, `${ping}${ping}`, `${ping},`, `//${ping}`);
    lines.push('{"jsonrpc":"1.0","id":1,"method":"ping"}', '{"id":1,"method":"ping"}');
    lines.push('{"jsonrpc":"2.0","id":1,"method":"ping","method":"ping","id":6001}');
    lines.push('{"jsonrpc":"2.0","id":1,"method":1}', '{"jsonrpc":"2.0","id":1,"method":null}');
    lines.push('{"jsonrpc":"2.0","id":1,"method":"ping","surplus":1}', '{"jsonrpc":"2.0"}');
    lines.push('{"__proto__":{"polluted":1},"jsonrpc":"2.0","id":1,"method":"ping"}');
    for (const line of lines) {
      wire.raw(`${line}\n`);
      await expectAlive();
    }
  });

  it("answers requests whatever their ids, each as often as it was made", async () => {
    for (const id of [
      0,
      -1,
      2 ** 31,
      Number.MAX_SAFE_INTEGER,
      "",
      " ",
      "a",
      "1",
      "\u0000",
      "é\n",
    ]) {
      const answer = wire.expect(id);
      wire.write({ id, method: "ping" });
      expect(await answer).toMatchObject({ id, result: {} });
    }
    for (const id of [null, 1.5, true, [], {}, [1], { id: 1 }]) wire.write({ id, method: "ping" });
    await expectAlive();
    for (const id of [7000, "twice"]) {
      const answer = wire.expect(id);
      wire.write({ id, method: "ping" });
      wire.write({ id, method: "ping" });
      await answer;
      await expectAlive();
      expect([id, wire.answers.get(id)]).toEqual([id, 2]);
    }
  });

  it("lives on after messages at the wrong time and to nobody", async () => {
    for (const message of [
      { method: "notifications/nothing" },
      { method: "notifications/initialized" },
      { method: "notifications/cancelled" },
      { method: "notifications/cancelled", params: {} },
      ...[1e9, "x", null, {}, []].map((requestId) => ({
        method: "notifications/cancelled",
        params: { requestId },
      })),
      { method: "notifications/progress", params: { progressToken: "x", progress: 1 } },
      { method: "notifications/roots/list_changed" },
      { method: "ping" },
      { method: "tools/call", params: { name: "list_events" } },
      { id: 8001, result: {} },
      { id: "8002", result: { action: "accept" } },
      { id: 8003, error: { code: -32000, message: "no" } },
      { id: 8004, error: "no" },
      { id: 8005, result: null },
    ]) {
      wire.write(message);
      await expectAlive();
    }
    const requests: readonly Record<string, unknown>[] = [
      { method: "initialize", params: HELLO },
      { method: "initialize", params: { ...HELLO, protocolVersion: "1999-01-01" } },
      { method: "initialize" },
      { method: "initialize", params: { protocolVersion: 1 } },
      { method: "" },
      { method: "nothing" },
      { method: "__proto__" },
      { method: "constructor" },
      { method: "tools/call" },
      { method: "tools/call", params: {} },
      { method: "tools/call", params: { name: "" } },
      { method: "tools/call", params: { name: "__proto__" } },
      { method: "tools/call", params: { name: 1 } },
      { method: "tools/call", params: { name: "list_events", arguments: [] } },
      { method: "tools/call", params: { name: "list_events", arguments: "x" } },
      { method: "tools/list", params: { cursor: "x" } },
      { method: "resources/list" },
      { method: "prompts/get", params: { name: "x" } },
      { method: "logging/setLevel", params: { level: "debug" } },
      { method: "completion/complete", params: {} },
      { method: "server/discover" },
      { method: "subscriptions/listen", params: {} },
    ];
    for (const [index, request] of requests.entries()) {
      const id = 8100 + index;
      const answer = wire.expect(id, JSON.stringify(request), 20);
      wire.write({ id, ...request });
      const said = await answer;
      expect(said).toBeDefined();
      // Definitions of tools name a made-up path and the beginning of a segment's statement.
      const isTold = (words: string) => /\/home\/me\/|^SELECT contact_id FROM/u.test(words);
      const leaks = judge.leaks(JSON.stringify(said), isTold);
      expect([request, leaks]).toEqual([request, []]);
      await expectAlive();
    }
  });

  it("answers a call that comes before initialize", async () => {
    await wire.close();
    start();
    await expectAlive();
    await wire.open();
    await expectAlive();
  });

  it("answers clients that mix the generations of the protocol", async () => {
    const meta = (version: unknown) => ({
      _meta: {
        "io.modelcontextprotocol/protocolVersion": version,
        "io.modelcontextprotocol/clientInfo": { name: "x", version: "1" },
        "io.modelcontextprotocol/clientCapabilities": {},
      },
    });
    for (const version of ["2026-07-28", "2025-11-25", "2099-01-01", "", 1, null, {}]) {
      await wire.close();
      start();
      const first = wire.expect(9001, `opening with ${JSON.stringify(version)}`, 20);
      wire.write({ id: 9001, method: "tools/list", params: meta(version) });
      expect(await first).toBeDefined();
      const second = wire.expect(9002, `initialize after ${JSON.stringify(version)}`, 20);
      wire.write({ id: 9002, method: "initialize", params: HELLO });
      expect(await second).toBeDefined();
      const third = wire.expect(9003, `no envelope after ${JSON.stringify(version)}`, 20);
      wire.write({ id: 9003, method: "tools/list" });
      expect(await third).toBeDefined();
    }
  });

  it("reads lines that end with CRLF, come in pieces or all at once", async () => {
    const answer = wire.expect(10_001);
    wire.raw('{"jsonrpc":"2.0","id":10001,"method":"ping"}\r\n\r\n');
    expect(await answer).toBeDefined();
    const pieces = wire.expect(10_002);
    for (const byte of Buffer.from('{"jsonrpc":"2.0","id":10002,"method":"ping","params":{}}\n')) {
      wire.raw(Buffer.from([byte]));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await pieces).toBeDefined();
    const ids = Array.from({ length: 2000 }, (_, index) => 11_000 + index);
    const answers = ids.map((id) => wire.expect(id));
    wire.raw(ids.map((id) => `{"jsonrpc":"2.0","id":${String(id)},"method":"ping"}\n`).join(""));
    expect((await Promise.all(answers)).every((message) => message?.result)).toBe(true);
  });

  it("lives on after a byte order mark", async () => {
    await wire.close();
    start();
    wire.raw('\ufeff{"jsonrpc":"2.0","id":12000,"method":"ping"}\n');
    await expectAlive();
  });

  it("writes nothing for half a line that ends with stdin, and leaves", async () => {
    const call = {
      jsonrpc: "2.0",
      id: 13_000,
      method: "tools/call",
      params: { name: "create_event", arguments: event("Half a line") },
    };
    for (const line of [JSON.stringify(call), JSON.stringify(call).slice(0, -1), "{", '{"a']) {
      wire.raw(line);
      await wire.close();
      expect(wire.ended).toBe(0);
      start();
    }
  });

  it("leaves cleanly with calls under way, when stdin ends", async () => {
    await expectAlive();
    for (let id = 14_000; id < 14_200; id += 1) {
      wire.write({ id, method: "tools/call", params: { name: "list_events", arguments: {} } });
    }
    await wire.close();
  });

  it("leaves when nobody reads its stdout any more", async () => {
    await expectAlive();
    wire.child.stdout.destroy();
    for (let id = 15_000; id < 15_050; id += 1) wire.write({ id, method: "tools/list" });
    const late = setTimeout(() => wire.wrong.push("it lives on without a stdout"), 15_000);
    await wire.gone;
    clearTimeout(late);
  });
});

/** The bytes with some of them changed, taken out, doubled or put in; a line end may go too. */
function damaged(whole: Buffer, random: Choices): Buffer {
  const bytes = [...whole];
  for (let left = random.whole(1, 3); left > 0; left -= 1) {
    const at = random.whole(0, bytes.length - 1);
    const length = random.whole(1, 8);
    switch (random.whole(0, 4)) {
      case 0:
        bytes.splice(at, length);
        break;
      case 1:
        bytes.splice(at, 0, ...random.bytes(length));
        break;
      case 2:
        bytes.splice(at, 0, ...bytes.slice(at, at + length));
        break;
      case 3:
        bytes[at] = random.whole(0, 255);
        break;
      default:
        bytes.splice(at, 1, ...Buffer.from(random.pick(['"', "}", "{", "[", ",", "null", "1e9"])));
    }
  }
  return Buffer.from(bytes);
}
