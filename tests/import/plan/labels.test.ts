import { describe, expect, it } from "vitest";
import { SessionLabels } from "../../../src/import/ratings/labels.ts";

const NBSP = "\u00a0";

const STREAMS = { title: "Streams that never sleep", speakers: ["Thabo Nkosi"] };
const HEADS = { title: "Two heads - one model", speakers: ["Priya Naidoo", "Johan Steyn"] };
const PANEL = { title: "Panel", speakers: ["Zoë Botha"] };
const OTHER_PANEL = { title: "Panel", speakers: ["Sipho Dlamini"] };
const NUMBERED = { title: "10 things about queues", speakers: ["Lerato Mokoena"] };
const SESSIONS = [STREAMS, HEADS, PANEL, OTHER_PANEL, NUMBERED];

const match = (label: string, threshold = 0.8) =>
  new SessionLabels(SESSIONS, threshold).match(label);

describe("the label of a session", () => {
  it.each([
    ["as the form writes it", `01.${NBSP}Streams${NBSP}that never sleep - Thabo Nkosi`, STREAMS],
    ["in other case, without number and speaker", "STREAMS THAT NEVER SLEEP", STREAMS],
    ["without a dash", "01. Streams that never sleep Thabo Nkosi", STREAMS],
    ["with a slip", "01. Streams that never slep - Thabo Nkosi", STREAMS],
    [
      "whose speaker was replaced",
      "01. Streams that never sleep - Somebody Else Altogether",
      STREAMS,
    ],
    ["with a dash in the title", "02. Two heads - one model - Priya Naidoo, Johan Steyn", HEADS],
    [
      "with the speakers in another order",
      "02. Two heads one model Johan Steyn, Priya Naidoo",
      HEADS,
    ],
    ["with one of the speakers", "02. Two heads - one model - Johan Steyn", HEADS],
    ["of one title with another, told apart by the speaker", "03. Panel - Zoe Botha", PANEL],
    ["of the other", "04. Panel - Sipho Dlamini", OTHER_PANEL],
    ["whose title begins with a number", "05. 10 things about queues - Lerato Mokoena", NUMBERED],
    ["whose title begins with a number, without its own", "10 things about queues", NUMBERED],
  ])("%s", (_what, label, session) => {
    expect(match(label)).toMatchObject({ session, isAmbiguous: false });
  });

  it("is never guessed: what is far from all, and what is equally near to two", () => {
    expect(match("The quantum cat - Nobody")).toMatchObject({ session: null, isAmbiguous: false });
    expect(match("03. Panel")).toMatchObject({ session: null, score: 1, isAmbiguous: true });
    expect(match("")).toMatchObject({ session: null, score: 0 });
    expect(match("-.!")).toMatchObject({ session: null, score: 0 });
    expect(new SessionLabels([], 0).match("Panel")).toEqual({
      session: null,
      nearest: null,
      score: 0,
      isAmbiguous: false,
    });
  });

  it("counts from the threshold on, inclusive", () => {
    // "10 things about queue" lacks one letter of 22.
    const label = "10 things about queue";
    expect(match(label, 21 / 22).session).toBe(NUMBERED);
    expect(match(label, 0.96).session).toBeNull();
    expect(match("10 things about queues", 1).session).toBe(NUMBERED);
  });
});
