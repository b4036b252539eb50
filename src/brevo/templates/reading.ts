import type { UsedParameter } from "../../sending/mail_service/mail_service.ts";
import { operandsOf, type Operand } from "./expressions.ts";
import { templateTags } from "./tags.ts";
import { cleaned } from "../../sending/mail_service/wording.ts";

/** What a template's subject and page ask for. */
export interface TemplateReading {
  /** In the order of their first use; names without `params.`. */
  parameters: UsedParameter[];
  /** Names that nothing will fill, as `{{x}}` where `{{params.x}}` was meant. */
  misnamed: { written: string; meant: string }[];
  /** A `{{` or `{%` is never closed. */
  unclosed: boolean;
}

/** What Brevo fills by itself, as it is named: links of the mail, the moment of sending. */
const FILLED_BY_BREVO = new Set(
  "mirror unsubscribe update_profile doubleoptin double_opt_in subscribe time_now now today date forloop attachments".split(
    " ",
  ),
);

/** What Brevo fills by field, as in `contact.FIRSTNAME`: contacts, events, feeds, objects. */
const FILLED_BY_FIELD = new Set(
  "contact event data feed feeds product products object objects custom_object sender account company companies deal deals order cart campaign message ticket forloop".split(
    " ",
  ),
);

const MISSPELLED_PARAMS = /^(?:params?|parameters?|parms?)$/iu;

/**
 * Reads which parameters a template uses; Brevo lists them nowhere.
 *
 * Within `{% if params.x %}` a missing x is provided for, so it is not required there. Names that a
 * loop, `with` or `set` brings in are not the caller's to give.
 */
export function readTemplateText(subject: string, html: string): TemplateReading {
  const reader = new Reader();
  reader.read(subject, true);
  reader.read(html, false);
  return reader.reading();
}

interface Scope {
  closedBy: string;
  locals: string[];
  /** Parameters whose absence an `if` provides for. */
  guards: string[];
  escaping: boolean;
}

/** What is there several times, counted, so that a scope among thousands is found at once. */
class Counts {
  readonly #counts = new Map<string, number>();
  add(names: readonly string[], by: 1 | -1): void {
    for (const name of names) this.#counts.set(name, (this.#counts.get(name) ?? 0) + by);
  }
  has(name: string): boolean {
    return (this.#counts.get(name) ?? 0) > 0;
  }
}

interface Use {
  required: boolean;
  inSubject: boolean;
  unescaped: boolean;
  /** Used for itself, not only asked whether it is there. */
  whole: boolean;
}

class Reader {
  readonly #uses = new Map<string, Use>();
  readonly #misnamed = new Map<string, string>();
  #unclosed = false;
  #scopes: Scope[] = [];
  /** Of all scopes that are open. */
  #locals = new Counts();
  #guards = new Counts();
  #closers = new Counts();
  #unescaping = 0;
  #inSubject = false;

  read(text: string, inSubject: boolean): void {
    this.#inSubject = inSubject;
    this.#scopes = [{ closedBy: "", locals: [], guards: [], escaping: true }];
    [this.#locals, this.#guards, this.#closers] = [new Counts(), new Counts(), new Counts()];
    this.#unescaping = 0;
    const { tags, unclosed } = templateTags(text);
    this.#unclosed ||= unclosed;
    for (const { kind, content } of tags) {
      // A third brace is written by hand now and then, and whitespace control as `-`.
      const inner = (content.endsWith("-") ? content.slice(0, -1) : content)
        .replace(/^[-{]+/u, "")
        .trim();
      if (kind === "block") this.#block(inner);
      else operandsOf(inner).forEach((operand) => this.#use(operand, "output"));
    }
  }

  reading(): TemplateReading {
    const parents = new Set([...this.#uses.keys()].flatMap(parentsOf));
    const parameters = new Map<string, UsedParameter>();
    for (const [name, use] of this.#uses) {
      // Of a parameter used for itself, the fields are no parameters of their own; and one that is
      // only asked for is told of by its fields.
      const covering = parentsOf(name).find((parent) => this.#uses.get(parent)?.whole);
      if (!use.whole && parents.has(name)) continue;
      const shown = covering ?? name;
      const known = parameters.get(shown);
      parameters.set(shown, {
        name: shown,
        required: use.required || known?.required === true,
        inSubject: use.inSubject || known?.inSubject === true,
        unescaped: use.unescaped || known?.unescaped === true,
      });
    }
    return {
      parameters: [...parameters.values()],
      misnamed: Array.from(this.#misnamed, ([written, meant]) => ({ written, meant })),
      unclosed: this.#unclosed,
    };
  }

  #block(content: string): void {
    const [, word = "", rest = ""] = /^(\w+)\s*(.*)$/su.exec(content) ?? [];
    switch (word) {
      case "if":
        this.#open("endif", this.#condition(rest));
        break;
      case "elif":
      case "elseif":
        this.#guard(this.#condition(rest));
        break;
      case "for": {
        const [, names = "", list = ""] = /^(.*?)\sin\s(.*)$/su.exec(rest) ?? [];
        operandsOf(list).forEach((operand) => this.#use(operand, "list"));
        this.#open("endfor", [], ["forloop", ...wordsOf(names)]);
        break;
      }
      case "with":
        this.#open("endwith", [], this.#assignment(rest));
        break;
      case "set":
        this.#nameLocally(this.#assignment(rest));
        break;
      case "macro":
        this.#open("endmacro", [], wordsOf(rest));
        break;
      case "autoescape":
        this.#open("endautoescape", []);
        if (/^off\b/u.test(rest)) {
          this.#scope().escaping = false;
          this.#unescaping += 1;
        }
        break;
      default:
        if (word.startsWith("end")) this.#close(word);
        // Of blocks not known here only what is plainly a parameter is believed.
        else operandsOf(rest).forEach((operand) => this.#use(operand, "unknown"));
    }
  }

  /** Reads a condition and returns the parameters whose absence it provides for. */
  #condition(condition: string): string[] {
    const guards: string[] = [];
    for (const operand of operandsOf(condition)) {
      const name = parameterOf(operand);
      if (!operand.compared && name !== undefined) guards.push(name);
      this.#use(operand, operand.compared ? "output" : "test");
    }
    return guards;
  }

  /** Reads `a = params.b`, several of them, or `params.b as a`, and returns the names that are set. */
  #assignment(assignment: string): string[] {
    const names = Array.from(
      assignment.matchAll(/([\p{L}_][\p{L}\p{N}_]*)\s*=(?!=)/gu),
      ([, name]) => name ?? "",
    );
    const named = /\sas\s+(\w+)/u.exec(assignment)?.[1];
    if (named !== undefined) names.push(named);
    for (const operand of operandsOf(assignment)) {
      if (operand.path.length > 1 || !names.includes(operand.path[0] ?? "")) {
        // The `=` of an assignment compares nothing.
        this.#use({ ...operand, compared: false }, "list");
      }
    }
    return names;
  }

  #use(operand: Operand, as: "output" | "list" | "test" | "unknown"): void {
    const [root = ""] = operand.path;
    if (this.#locals.has(root)) return;
    if (root === "params") this.#useParameter(operand, as);
    else if (as !== "unknown") this.#suspect(operand, as);
  }

  #useParameter(operand: Operand, as: "output" | "list" | "test" | "unknown"): void {
    const name = parameterOf(operand);
    if (name === undefined) return;
    const guarded = [name, ...parentsOf(name)].some((guard) => this.#guards.has(guard));
    const known = this.#uses.get(name);
    const required = as !== "test" && !operand.defaulted && !guarded;
    const escaped = !operand.safe && this.#unescaping === 0;
    const unescaped = as === "output" && !this.#inSubject && !escaped;
    this.#uses.set(name, {
      required: required || known?.required === true,
      inSubject: (this.#inSubject && as !== "test") || known?.inSubject === true,
      unescaped: unescaped || known?.unescaped === true,
      whole: as !== "test" || known?.whole === true,
    });
  }

  #suspect({ path }: Operand, as: "output" | "list" | "test"): void {
    const [root = "", ...fields] = path;
    if (FILLED_BY_BREVO.has(root)) return;
    if (FILLED_BY_FIELD.has(root) && (fields.length > 0 || as === "list")) return;
    const meant = MISSPELLED_PARAMS.test(root) && fields.length > 0 ? fields : path;
    this.#misnamed.set(cleaned(path.join("."), 60), cleaned(`params.${meant.join(".")}`, 70));
  }

  #scope(): Scope {
    // The outermost is never closed.
    return this.#scopes.at(-1) as Scope;
  }

  #open(closedBy: string, guards: string[], locals: readonly string[] = []): void {
    this.#scopes.push({ closedBy, guards: [], locals: [], escaping: true });
    this.#closers.add([closedBy], 1);
    this.#guard(guards);
    this.#nameLocally(locals);
  }

  #guard(names: readonly string[]): void {
    this.#scope().guards.push(...names);
    this.#guards.add(names, 1);
  }

  #nameLocally(names: readonly string[]): void {
    this.#scope().locals.push(...names);
    this.#locals.add(names, 1);
  }

  /** Ends the last scope that a word closes, with whatever is open within it. */
  #close(word: string): void {
    if (!this.#closers.has(word)) return;
    for (let closed: string | undefined; closed !== word;) {
      const scope = this.#scopes.pop();
      if (!scope) return;
      closed = scope.closedBy;
      this.#closers.add([closed], -1);
      this.#guards.add(scope.guards, -1);
      this.#locals.add(scope.locals, -1);
      if (!scope.escaping) this.#unescaping -= 1;
    }
  }
}

/** `a` and `a.b` of `a.b.c`. */
function parentsOf(name: string): string[] {
  const fields = name.split(".");
  return fields.slice(1).map((_, index) => fields.slice(0, index + 1).join("."));
}

/** The parameter that a variable is of, up to where it goes into a list; undefined for none. */
function parameterOf({ path }: Operand): string | undefined {
  const [root, ...fields] = path;
  if (root !== "params" || fields.length === 0) return undefined;
  const position = fields.findIndex((field) => /^\d+$/u.test(field));
  const name = (position === -1 ? fields : fields.slice(0, position)).join(".");
  return name === "" ? undefined : cleaned(name, 100);
}

function wordsOf(text: string): string[] {
  return text.match(/[\p{L}_][\p{L}\p{N}_]*/gu) ?? [];
}
