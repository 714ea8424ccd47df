import { createI18n } from "vue-i18n";

/** Languages the desk speaks. Chinese is complete first; English mirrors it key by key. */
export const LOCALES = ["zh-CN", "en"] as const;
/** One of the languages. */
export type Locale = (typeof LOCALES)[number];

/** A tree of texts, as the locale files hold them. */
export interface Texts {
  [key: string]: string | Texts;
}

const files = import.meta.glob<Texts>("./locales/*/*.json", { eager: true, import: "default" });

/** The texts of one language: one branch per file, named as the file. */
export function texts(locale: Locale): Texts {
  const found: Texts = {};
  for (const [path, content] of Object.entries(files)) {
    const match = /\.\/locales\/([^/]+)\/([^/]+)\.json$/.exec(path);
    if (match?.[1] === locale && match[2]) found[match[2]] = content;
  }
  return found;
}

/** A fresh i18n instance, so that tests do not share one. */
export function makeI18n(locale: Locale) {
  return createI18n({
    legacy: false,
    locale,
    fallbackLocale: "zh-CN",
    messages: { "zh-CN": texts("zh-CN"), en: texts("en") },
  });
}

/** The instance of the running window. */
export const i18n = makeI18n("zh-CN");
