import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { described } from "../../src/brevo/mail_service.ts";
import { nestedParams } from "../../src/brevo/params.ts";
import type { BrevoTemplate } from "../../src/brevo/resources.ts";
import { readTemplateText } from "../../src/brevo/templates/reading.ts";
import { mergeTemplates, type Template } from "../../src/sending/templates/merge.ts";
import {
  parseRegistry,
  readRegistry,
  type RegisteredTemplate,
} from "../../src/sending/templates/registry.ts";

/** Parameters as `name` or `name?` where it may be missing. */
function parametersIn(html: string, subject = ""): string[] {
  return readTemplateText(subject, html).parameters.map(
    ({ name, required }) => `${name}${required ? "" : "?"}`,
  );
}

function misnamedIn(html: string): string[] {
  return readTemplateText("", html).misnamed.map(({ written, meant }) => `${written} → ${meant}`);
}

function merged(
  registry: readonly RegisteredTemplate[],
  brevo: readonly BrevoTemplate[],
): Template[] {
  return mergeTemplates(registry, brevo.map(described));
}

describe("parameters of a template", () => {
  it.each([
    ["{{params.firstName}} {{ params.firstName }} {{\n params.venue\t}}", ["firstName", "venue"]],
    ["{{params.a|default:\"x\"}} {{ params.b | upper | default : 'y' }}", ["a?", "b?"]],
    ["{{params.a|default:&quot;a }} b&quot;}} {{params.b}}", ["a?", "b"]],
    ["{{ params.a|default_if_none:1 }}", ["a?"]],
    ["{{params.a|default:params.b}}", ["a?", "b"]],
    // One use without a default is enough to need it.
    ['{{params.a|default:"x"}}{{params.a}}', ["a"]],
    ['{{params.date|date:"d }} m"|upper}} {{params.next}}', ["date", "next"]],
    ["{{params.speaker.name}} {{params.speaker.bio}}", ["speaker.name", "speaker.bio"]],
    ["{{params.speaker}} {{params.speaker.bio}}", ["speaker"]],
    ["{{params.talks.0.title}} {{params.talks.1.title}}", ["talks"]],
    ['{{params["first name"]}}', ["first name"]],
    ["{%if params.banner%}<img src='{{params.banner}}'>{%endif%}", ["banner?"]],
    ["{% if params.banner %}x{% endif %}{{params.banner}}", ["banner"]],
    ['{% if params.banner != "" %}{{params.banner}}{% endif %}', ["banner?"]],
    ['{% if params.kind == "talk" %}a{% else %}b{% endif %}', ["kind"]],
    ["{% if params.kind|lower == 'talk' and not params.b %}{% endif %}", ["kind", "b?"]],
    [
      "{% if params.a %}{{params.b}}{% elif params.c %}{{params.c}}{% endif %}{{params.d}}",
      ["a?", "b", "c?", "d"],
    ],
    ["{% if params.s %}{{params.s.name}}{% endif %}", ["s.name?"]],
    ["{% for talk in params.talks %}{{talk.title}} {{forloop.Counter}}{% endfor %}", ["talks"]],
    ["{% for key, value in params.facts reversed %}{{key}}{{value}}{% endfor %}", ["facts"]],
    [
      "{% for t in params.talks %}{% for s in t.speakers %}{{s}}{{params.x}}{% endfor %}{% endfor %}",
      ["talks", "x"],
    ],
    ["{% with name=params.first %}{{name}}{% endwith %}", ["first"]],
    ["{% with params.first as name %}{{name}}{% endwith %}", ["first"]],
    ["{% set name = params.first %}{{ name }}", ["first"]],
    ["{# {{params.a}} #}{% comment %}{{params.b}}{% endcomment %}{{params.c}}", ["c"]],
    ["{% verbatim %}{{params.a}}{% endverbatim %}", []],
    ["<!-- {{params.a}} -->", ["a"]],
    ["{{{params.a}}}", ["a"]],
    ["{{ params.näme }}", ["näme"]],
    ["{{ params }} {{params.}} {params.x} {{contact.params}}", []],
    ["<style>a{b:c}{d:e}}</style>{{params.x}}", ["x"]],
    ["{% ifequal params.a 1 %}{% endifequal %}{% cycle params.b params.c %}", ["a", "b", "c"]],
    ["", []],
  ])("in %s", (html, expected) => {
    expect(parametersIn(html)).toEqual(expected);
    expect(misnamedIn(html)).toEqual([]);
  });

  it("in the subject are marked, as a line break must not get there", () => {
    const { parameters } = readTemplateText("News for {{params.a}}", "{{params.a}} {{params.b}}");
    expect(parameters.map(({ name, inSubject }) => [name, inSubject])).toEqual([
      ["a", true],
      ["b", false],
    ]);
  });

  it("that go into the page as HTML are marked", () => {
    const { parameters } = readTemplateText(
      "{{params.s|safe}}",
      "{{params.a|safe}}{{params.b}}{% autoescape off %}{{params.c}}{% endautoescape %}{{params.s}}{{params.d}}",
    );
    expect(parameters.filter(({ unescaped }) => unescaped).map(({ name }) => name)).toEqual([
      "a",
      "c",
    ]);
  });
});

describe("a name that nothing fills", () => {
  it.each([
    ["{{firstName}}", ["firstName → params.firstName"]],
    ["{{ firstName|default:'you' }}{{ firstName }}", ["firstName → params.firstName"]],
    [
      "{{param.firstName}} {{Params.venue}}",
      ["param.firstName → params.firstName", "Params.venue → params.venue"],
    ],
    ["{% if banner %}{% endif %}", ["banner → params.banner"]],
    [
      "{% for talk in talks %}{{talk.title}}{% endfor %}{{talk.title}}",
      ["talks → params.talks", "talk.title → params.talk.title"],
    ],
    ["{{company}}", ["company → params.company"]],
    ["{{contact.FIRSTNAME}} {{ contact.EMAIL|lower }} {{ company.name }}", []],
    [
      "{{ mirror }} {{unsubscribe}} {{ update_profile }} {{ doubleoptin }} {{ time_now|date:'Y' }}",
      [],
    ],
    ["{% for item in feed.items %}{{ item.title }}{% endfor %}{{ event.name }}{{ data.x }}", []],
    ["{% for p in products %}{{p.name}}{% endfor %}", []],
    ["{% if true and not none %}{% endif %}{% now 'Y' %}{% include partial %}", []],
    ["{% macro card(t) %}{{t.name}}{% endmacro %}", []],
  ])("in %s", (html, expected) => {
    expect(misnamedIn(html)).toEqual(expected);
  });
});

it("an apostrophe in a quote does not swallow what follows", () => {
  expect(parametersIn("{{params.a|default:'it's'}} that's {{params.b}} it's")).toEqual(["a?", "b"]);
});

it("a tag that is never closed is noticed", () => {
  expect(readTemplateText("", "{{params.a}} {{params.b }").unclosed).toBe(true);
  expect(readTemplateText("", "{% if params.a %}").unclosed).toBe(false);
  expect(readTemplateText("{{params.a", "").unclosed).toBe(true);
});

const REGISTRY = {
  templates: [
    {
      brevo_template_id: 49,
      name: "CFP Invitation",
      description: "Asks for talks.",
      parameters: {
        firstName: { description: "Their name", source: "contacts.first_name", required: true },
        submitLink: { required: true },
        bannerImageUrl: { required: false },
        speaker: { description: "All of the speaker" },
        unusedOne: {},
      },
    },
    { brevo_template_id: 50, name: "Gone" },
  ],
};

describe("templates", () => {
  it("merge what the organiser says with what Brevo has", () => {
    const templates = merged(parseRegistry(JSON.stringify(REGISTRY)), [
      {
        id: 49,
        name: "cfp-2026",
        subject: "{{params.firstName}}, speak at {{params.eventName}}",
        htmlContent:
          "{{params.speaker.bio}}{{params.bannerImageUrl}}{{params.submitLink|default:''}}{{venue}}",
        isActive: false,
      },
      {
        id: 7,
        name: "Thanks",
        subject: "Thanks",
        htmlContent: "{{params.x|safe}}",
        isActive: true,
      },
    ]);
    expect(templates).toEqual([
      {
        brevo_template_id: 7,
        name: "Thanks",
        description: "",
        parameters: [
          { name: "x", description: "", source: null, required: true, in_subject: false },
        ],
        active: true,
        warnings: [
          "x is used in Brevo and not listed in templates.json.",
          "x is put into the mail as HTML, unescaped.",
        ],
        fault: null,
        names: ["Thanks"],
      },
      {
        brevo_template_id: 49,
        name: "CFP Invitation",
        description: "Asks for talks.",
        parameters: [
          {
            name: "firstName",
            description: "Their name",
            source: "contacts.first_name",
            required: true,
            in_subject: true,
          },
          // The organiser's word stands, even against a default.
          { name: "submitLink", description: "", source: null, required: true, in_subject: false },
          {
            name: "bannerImageUrl",
            description: "",
            source: null,
            required: false,
            in_subject: false,
          },
          {
            name: "speaker",
            description: "All of the speaker",
            source: null,
            required: true,
            in_subject: false,
          },
          { name: "unusedOne", description: "", source: null, required: true, in_subject: false },
          { name: "eventName", description: "", source: null, required: true, in_subject: true },
        ],
        active: false,
        warnings: [
          "It is switched off in Brevo: mails sent with it would be accepted and never arrive.",
          "{{venue}} stands where {{params.venue}} was probably meant; Brevo would leave it empty.",
          "eventName is used in Brevo and not listed in templates.json.",
          "unusedOne is listed in templates.json and not used in Brevo.",
        ],
        fault: null,
        names: ["CFP Invitation", "cfp-2026"],
      },
      {
        brevo_template_id: 50,
        name: "Gone",
        description: "",
        parameters: [],
        active: false,
        warnings: ["Brevo has no template of this number, though templates.json lists it."],
        fault: null,
        names: ["Gone"],
      },
    ]);
  });

  it("take the template's word where the organiser does not say what is required", () => {
    const registry = parseRegistry(
      '{"templates":[{"brevo_template_id":1,"name":"A","parameters":{"a":{},"b":{}}}]}',
    );
    const [template] = merged(registry, [
      {
        id: 1,
        name: "A",
        subject: "",
        htmlContent: "{{params.a|default:1}}{{params.b}}",
        isActive: true,
      },
    ]);
    expect(template?.parameters.map(({ required }) => required)).toEqual([false, true]);
    expect(template?.warnings).toEqual([]);
  });

  it("have fields of parameters put where Brevo looks for them", () => {
    expect(
      nestedParams({ venue: "Hall", "speaker.name": "Ada", "speaker.talk.title": "On" }),
    ).toEqual({
      venue: "Hall",
      speaker: { name: "Ada", talk: { title: "On" } },
    });
    expect(() => nestedParams({ a: 1, "a.b": 2 })).toThrow(RangeError);
    expect(() => nestedParams({ "a.b": 2, a: 1 })).toThrow(RangeError);
    expect(Object.keys(nestedParams({ "__proto__.polluted": 1 }))).toEqual(["__proto__"]);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });
});

describe("the registry", () => {
  it("of the project can be read", async () => {
    const file = fileURLToPath(new URL("../../templates.json", import.meta.url));
    const [template] = await readRegistry(file);
    expect(
      template?.parameters.map(({ name, source, required }) => [name, source, required]),
    ).toEqual([
      ["firstName", "contacts.first_name", true],
      ["eventName", "events.name", true],
      ["eventDate", "events.event_date", true],
      ["venue", "events.location", true],
      ["cfpDeadline", null, true],
      ["submitLink", null, true],
      ["bannerImageUrl", null, false],
    ]);
  });

  it.each([
    ['{"templates":[\n  {"name":\n]}', "templates.json: it is not JSON: look at line 3, column 1."],
    ['{"templates":[', "templates.json: it is not JSON: look at line 1, column 15."],
    ["[]", 'templates.json: it must hold {"templates": […]}.'],
    ["{}", 'templates.json: it must hold {"templates": […]}.'],
    [
      '{"templates":[{"brevo_template_id":"49","name":"A"}]}',
      "templates.json: template number 1, brevo_template_id must be of type number.",
    ],
    [
      '{"templates":[{"brevo_template_id":49}]}',
      "templates.json: template number 1, name is missing.",
    ],
    [
      '{"templates":[{"brevo_template_id":0,"name":"A"}]}',
      "templates.json: template number 1, brevo_template_id has a value that is not allowed there.",
    ],
    [
      '{"templates":[{"brevo_template_id":1,"name":"A","parameters":{"x":{"required":"yes"}}}]}',
      "templates.json: template number 1, parameter, x, required must be of type boolean.",
    ],
    [
      '{"templates":[{"brevo_template_id":1,"name":"A"},{"brevo_template_id":1,"name":"B"}]}',
      "templates.json: template 1 is listed twice.",
    ],
  ])("is refused with a sentence: %s", (text, message) => {
    expect(() => parseRegistry(text, "templates.json")).toThrow(message);
  });

  it.each([
    [
      '{"templates":[{"brevo_template_id":1,"name":"A","parameters":{"x":{},"params.x":{}}}]}',
      "templates.json: template 1 lists the parameter x twice.",
    ],
    [
      '{"templates":[{"brevo_template_id":1,"name":"A","parameters":{"x":{"source":"password"}}}]}',
      'templates.json: template 1, parameter x: the source "password" is not known; it may be written like contacts.first_name, or be left out where the value is asked for.',
    ],
  ])("says of one template that it cannot be used, and reads the others: %s", (text, fault) => {
    const other = ',{"brevo_template_id":2,"name":"B"}]}';
    const [first, second] = parseRegistry(text.replace(/\]\}$/u, other), "templates.json");
    expect(first).toMatchObject({ brevo_template_id: 1, fault });
    expect(second).toEqual({ brevo_template_id: 2, name: "B", description: "", parameters: [] });
  });

  it("may hold more than is asked for", () => {
    const text =
      '\ufeff{"version":2,"templates":[{"brevo_template_id":1,"name":" A ","owner":"me","description":null,"parameters":{"params.x":{"type":"text","source":""}}}]}';
    expect(parseRegistry(text)).toEqual([
      {
        brevo_template_id: 1,
        name: "A",
        description: "",
        parameters: [{ name: "x", description: "", source: null, required: null }],
      },
    ]);
  });

  it("that cannot be had is named without its folder", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "registry-"));
    try {
      await expect(readRegistry(path.join(folder, "mine.json"))).rejects.toThrow(
        "The template registry mine.json does not exist; OUTREACH_TEMPLATES names it.",
      );
      await expect(readRegistry(folder)).rejects.toThrow(
        /^The template registry registry-\w+ is a folder/u,
      );
      await writeFile(path.join(folder, "mine.json"), "{");
      await expect(readRegistry(path.join(folder, "mine.json"))).rejects.toThrow(
        /^mine\.json: it is not JSON/u,
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
