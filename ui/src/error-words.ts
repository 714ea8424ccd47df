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

/** Says an error. Ids among its figures that have a word of their own (which field, whose signature) get it. */
export function errorWords(error: DeskError, { t, te }: Pick<Composer, "t" | "te">): ErrorWords {
  const has = (key: string) => te(key) || te(key, "zh-CN");
  const key = has(`errors.${error.code}.title`) ? error.code : "UNEXPECTED";
  const params: ErrorParams = { detail: "" };
  for (const [name, value] of Object.entries(error.params)) {
    const word = `param.${name}.${value}`;
    params[name] = /^[a-z_]+$/.test(String(value)) && has(word) ? t(word) : value;
  }
  if (key === "UNEXPECTED" && params.detail === "") params.detail = error.code;
  // A figure that the error does not carry leaves a gap, never a bare placeholder: vue-i18n writes nothing for it.
  const say = (part: "title" | "next") => t(`errors.${key}.${part}`, params);
  return { code: error.code, title: say("title").trim(), next: say("next").trim() };
}
