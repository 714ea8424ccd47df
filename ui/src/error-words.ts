import type { Composer } from "vue-i18n";
import { DeskError, type ErrorParams } from "@/ipc/error";

/** The words of one error in the language of the window. */
export interface ErrorWords {
  code: string;
  /** What happened. */
  title: string;
  /** That nothing was lost, and what to do next. */
  next: string;
}

/** The key of a parameter's word: a code is its own; a kind of failure has spaces; no path is the desk's own folder. */
function wordKey(name: string, value: string): string | null {
  if (name === "path" && value === "") return "param.path.own";
  const code = name === "reason" ? value.replace(/[^a-z]+/g, "_") : value;
  return /^[a-z_]+$/.test(code) ? `param.${name}.${code}` : null;
}

/** A path as people know it: while a file is being written it has a name of its own for a moment. */
function plainPath(path: string): string {
  return path.replace(/(^|[\\/])\.([^\\/]+)\.part$/, "$1$2");
}

/** Says an error. Ids among its figures that have a word of their own (which field, whose signature) get it. */
export function errorWords(error: DeskError, { t, te }: Pick<Composer, "t" | "te">): ErrorWords {
  const has = (key: string) => te(key) || te(key, "zh-CN");
  const key = has(`errors.${error.code}.title`) ? error.code : "UNEXPECTED";
  const params: ErrorParams = { detail: "" };
  for (const [name, value] of Object.entries(error.params)) {
    const word = wordKey(name, String(value));
    params[name] = word && has(word) ? t(word) : name === "path" ? plainPath(String(value)) : value;
  }
  if (key === "UNEXPECTED" && params.detail === "") params.detail = error.code;
  // A figure that the error does not carry leaves a gap, never a bare placeholder: vue-i18n writes nothing for it.
  const say = (part: "title" | "next") => t(`errors.${key}.${part}`, params);
  return { code: error.code, title: say("title").trim(), next: say("next").trim() };
}
