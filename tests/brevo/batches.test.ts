import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addressFault, mailName } from "../../src/brevo/addresses.ts";
import {
  batchBody,
  BREVO_LIMITS,
  cutBatches,
  recipientFault,
  type BrevoRecipient,
} from "../../src/brevo/batches.ts";
import type { Json } from "../../src/brevo/params.ts";
import { createBrevoClient } from "../../src/brevo/client.ts";
import { startBrevo } from "../../stand_in/index.ts";

const KEY = "8d9ef3a2-6f3c-4c0e-9d25-7a6f0f5f1c01";

function body(recipients: readonly BrevoRecipient[], more = {}): string {
  return batchBody({ template: 49, tag: "send-1-1", key: KEY, recipients, ...more });
}

interface Sent {
  to: { email: string; name?: string }[];
  params?: Record<string, Json>;
}

function versionsIn(text: string): Sent[] {
  return (JSON.parse(text) as { messageVersions: Sent[] }).messageVersions;
}

/** Any there is, halves of surrogate pairs and control characters among them. */
const codePoint = fc.oneof(
  fc.integer({ min: 0, max: 0x7f }),
  fc.integer({ min: 0x300, max: 0x36f }),
  fc.integer({ min: 0, max: 0x10ffff }),
);

const person = fc.record({
  // Few mailboxes, in either case, so that many are shared.
  email: fc.tuple(fc.integer({ min: 0, max: 40 }), fc.boolean()).map(([number, loud]) => {
    const email = `person${number}@example.org`;
    return loud ? email.toUpperCase() : email;
  }),
  name: fc.string({ unit: "grapheme", maxLength: 100 }).map(mailName),
  params: fc.dictionary(
    fc.stringMatching(/^[a-z]{1,5}$/u),
    fc.oneof(
      fc.string({ unit: "grapheme", maxLength: 40 }).filter((text) => !/\p{Cc}|\p{Cs}/u.test(text)),
      fc.integer(),
      fc.boolean(),
      fc.array(fc.record({ title: fc.stringMatching(/^[\w é<>&"]{0,20}$/u) }), { maxLength: 3 }),
    ),
    { maxKeys: 4 },
  ),
});

const limits = fc.record({
  recipients: fc.integer({ min: 1, max: 12 }),
  paramsTogether: fc.integer({ min: 1500, max: 4000 }),
  body: fc.integer({ min: 3500, max: 8000 }),
});

describe("a list cut into batches", () => {
  it("loses nobody, doubles nobody, keeps every bound, and is cut the same again", () => {
    fc.assert(
      fc.property(fc.array(person, { maxLength: 80 }), limits, (people, bounds) => {
        const batches = cutBatches(people, bounds);
        const cut = batches.flat();
        expect(cut).toHaveLength(people.length);
        expect(new Set(cut)).toEqual(new Set(people));
        for (const batch of batches) {
          expect(batch.length).toBeGreaterThan(0);
          expect(batch.length).toBeLessThanOrEqual(bounds.recipients);
          const mailboxes = batch.map(({ email }) => email.toLowerCase());
          expect(new Set(mailboxes).size).toBe(batch.length);
          const text = body(batch, {});
          expect(Buffer.byteLength(text)).toBeLessThanOrEqual(bounds.body);
          const versions = versionsIn(text);
          const sizes = versions.map(({ params }) =>
            params === undefined ? 0 : Buffer.byteLength(JSON.stringify(params)),
          );
          expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(
            bounds.paramsTogether,
          );
          expect(versions.map(({ to }) => to.map(({ email }) => email))).toEqual(
            batch.map(({ email }) => [email]),
          );
        }
        expect(cutBatches(structuredClone(people), bounds)).toEqual(batches);
      }),
      { numRuns: 300 },
    );
  });

  it("keeps its order where no mailbox is shared", () => {
    const people = Array.from({ length: 2500 }, (_, index) => ({
      email: `p${index}@example.org`,
      name: "",
      params: {},
    }));
    const batches = cutBatches(people);
    expect(batches.map((batch) => batch.length)).toEqual([1000, 1000, 500]);
    expect(batches.flat()).toEqual(people);
  });

  it("sends a couple's two mails in two batches", () => {
    const [ada, ben, cleo] = ["home@example.org", "Home@example.org", "cleo@example.org"].map(
      (email) => ({ email, name: "", params: {} }),
    ) as [BrevoRecipient, BrevoRecipient, BrevoRecipient];
    expect(cutBatches([ada, ben, cleo])).toEqual([[ada, cleo], [ben]]);
  });

  it("is cut by the size of parameters, 1,000 KB together", () => {
    const people = Array.from({ length: 25 }, (_, index) => ({
      email: `p${index}@example.org`,
      name: "",
      params: { text: "é".repeat(49_000) },
    }));
    // {"text":"…"} around 98,000 bytes: ten of them fit, eleven would not.
    expect(cutBatches(people).map((batch) => batch.length)).toEqual([10, 10, 5]);
  });

  it("never goes beyond Brevo's own limits, whatever it is told", () => {
    const people = Array.from({ length: 1001 }, (_, index) => ({
      email: `p${index}@example.org`,
      name: "",
      params: {},
    }));
    expect(cutBatches(people, { recipients: 5000 })).toHaveLength(2);
    expect(() => body(people, {})).toThrow(RangeError);
    expect(() => cutBatches(people, { recipients: 0 })).toThrow(RangeError);
  });
});

describe("a batch's body", () => {
  it("is what Brevo takes, word for word", () => {
    const text = body([
      {
        email: "ada@example.org",
        name: "Ada <b>Lovelace</b>",
        params: { venue: "Hall 1", firstName: 'A"da', talks: [{ title: "é\nè" }] },
      },
      { email: "ben@example.org", name: " ", params: {} },
    ]);
    expect(text).toBe(
      '{"templateId":49,"messageVersions":[' +
        '{"to":[{"email":"ada@example.org","name":"Ada <b>Lovelace</b>"}],' +
        '"params":{"firstName":"A\\"da","talks":[{"title":"é\\nè"}],"venue":"Hall 1"}},' +
        '{"to":[{"email":"ben@example.org"}]}],' +
        `"tags":["send-1-1"],"headers":{"idempotencyKey":"${KEY}"}}`,
    );
  });

  it("is the same for the same parameters in another order", () => {
    const one = {
      email: "a@example.org",
      name: "",
      params: { a: { x: 1, y: [{ p: 1, q: 2 }] }, b: 2 },
    };
    const other = {
      email: "a@example.org",
      name: "",
      params: { b: 2, a: { y: [{ q: 2, p: 1 }], x: 1 } },
    };
    expect(body([other])).toBe(body([one]));
  });

  it("is accepted by the stand-in, whatever people are called and given", async () => {
    const brevo = await startBrevo({ templates: [{ id: 49 }] });
    const client = createBrevoClient({ apiKey: brevo.apiKey, baseUrl: brevo.url });
    try {
      await fc.assert(
        fc.asyncProperty(fc.array(person, { minLength: 1, maxLength: 20 }), async (people) => {
          // The hundred calls a minute of the real limit are not what is tried here.
          brevo.advance(60_001);
          const before = brevo.box().length;
          const batches = cutBatches(people);
          for (const recipients of batches) {
            const idempotencyKey = crypto.randomUUID();
            const text = batchBody({ template: 49, tag: "t", key: idempotencyKey, recipients });
            const outcome = await client.sendBatch({ body: text, recipients: recipients.length });
            expect(outcome.kind).toBe("accepted");
          }
          const arrived = brevo.box().slice(before);
          expect(arrived.map(({ email, name, params }) => [email, name ?? "", params])).toEqual(
            batches.flat().map(({ email, name, params }) => [email, name, params]),
          );
        }),
        { numRuns: 60 },
      );
    } finally {
      await brevo.close();
    }
  });

  it.each([
    [{ tag: "a b" }],
    [{ tag: "a\r\nBcc: x@example.org" }],
    [{ tag: "" }],
    [{ key: "not-a-uuid" }],
    [{ key: `${KEY}\n` }],
    [{ template: 0 }],
    [{ template: 1.5 }],
    [{ recipients: [] }],
  ])("is refused with %j", (wrong) => {
    const recipients = [{ email: "a@example.org", name: "", params: {} }];
    expect(() => body(recipients, wrong)).toThrow(RangeError);
  });
});

describe("somebody to whom nothing can be sent", () => {
  const sound: BrevoRecipient = { email: "ada@example.org", name: "Ada", params: {} };

  it.each([
    [{ email: "" }, "no e-mail address"],
    [
      { email: "ada@example.org\r\nBcc: x@example.org" },
      "an address with a line break or control character",
    ],
    [{ email: "ada@example.org\u2028" }, "an address with a line break or control character"],
    [{ email: "ada @example.org" }, "an address with a space or a letter outside ASCII"],
    [{ email: "ädä@example.org" }, "an address with a space or a letter outside ASCII"],
    [{ email: "Ada <ada@example.org>" }, "an address with a space or a letter outside ASCII"],
    [{ email: "ada@example.org,ben@example.org" }, "an address that is not one"],
    [{ email: "ada@localhost" }, "an address that is not one"],
    [{ email: `ada@${"a.".repeat(130)}org` }, "an address of more than 254 characters"],
    [{ name: "Ada\nBcc: x" }, "a name with a line break or control character"],
    [{ params: { text: "a\u0000b" } }, "a control character in the parameter text"],
    [{ params: { list: [{ deep: "\u001b[2J" }] } }, "a control character in the parameter list"],
    [{ params: { "a\nb": 1 } }, "a control character in the parameter a b"],
    [{ params: { text: "x".repeat(100_001) } }, "parameters of more than 100 KB"],
  ] as [Partial<BrevoRecipient>, string][])("is found and refused: %j", (wrong, fault) => {
    const recipient = { ...sound, ...wrong };
    expect(recipientFault(recipient)).toBe(fault);
    expect(() => cutBatches([sound, recipient])).toThrow(`A recipient has ${fault}.`);
    expect(() => body([sound, recipient])).toThrow(`A recipient has ${fault}.`);
  });

  it("has a line break in what stands in the subject, be it a field of it", () => {
    const recipient = { ...sound, params: { talk: { title: "One\r\nBcc: x" }, text: "a\nb" } };
    expect(recipientFault(recipient)).toBeUndefined();
    expect(recipientFault(recipient, new Set(["talk.title"]))).toBe(
      "a line break in the parameter talk, which stands in the subject",
    );
    expect(recipientFault(recipient, new Set(["text"]))).toMatch(
      /^a line break in the parameter text/u,
    );
  });

  it("is not somebody with an ordinary address", () => {
    for (const email of [
      "o'brien+cfp@sub.example.org",
      "ADA@EXAMPLE.ORG",
      "a.b_c-d@xn--mller-kva.example",
    ]) {
      expect(addressFault(email)).toBeUndefined();
    }
    for (const email of [
      "a..b@example.org",
      ".a@example.org",
      "a@-example.org",
      "a@example.123",
      "@example.org",
      "a@",
    ]) {
      expect(addressFault(email)).toBe("an address that is not one");
    }
    expect(addressFault(`${"a".repeat(65)}@example.org`)).toBe("an address that is not one");
  });
});

describe("a recipient's name", () => {
  it("is cut at 70 characters, between whole ones", () => {
    expect(mailName("x".repeat(71))).toBe("x".repeat(70));
    // A family is one character to its reader and eleven units to a computer: six fit.
    expect(mailName("👨‍👩‍👧‍👦".repeat(10))).toBe("👨‍👩‍👧‍👦".repeat(6));
    expect(mailName(`${"x".repeat(69)}e\u0301`)).toBe("x".repeat(69));
    expect(mailName(`${"x".repeat(69)}é`.normalize("NFC"))).toBe(
      `${"x".repeat(69)}é`.normalize("NFC"),
    );
  });

  it("is one line, and no longer than allowed, whatever it was", () => {
    expect(mailName("  Ada\r\n\tLovelace\u202e ")).toBe("Ada Lovelace");
    fc.assert(
      fc.property(fc.array(codePoint, { maxLength: 200 }), (points) => {
        const name = String.fromCodePoint(...points);
        const shown = mailName(name);
        expect(shown.length).toBeLessThanOrEqual(70);
        expect(recipientFault({ email: "a@example.org", name: shown, params: {} })).toBeUndefined();
        expect(mailName(shown)).toBe(shown);
      }),
    );
  });
});

it("Brevo's limits are those it documents", () => {
  expect(BREVO_LIMITS).toMatchObject({
    recipients: 1000,
    paramsOfOne: 100_000,
    paramsTogether: 1_000_000,
  });
});
