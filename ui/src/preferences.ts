import { reactive, watch } from "vue";
import { i18n, LOCALES, type Locale } from "@/i18n";

/** How the window looks to the one who sits before it; kept on this computer, never in a desk's records. */
export interface Preferences {
  locale: Locale;
  theme: Theme;
  /** Text size in percent, 100 to 200. */
  scale: number;
  /** After how many minutes without a key or a pointer the desk is locked. */
  idle: number;
}
/** The choices of idle minutes. */
export const IDLE_MINUTES = [5, 10, 15, 30] as const;
/** Light paper, dark, or black on white. */
export const THEMES = ["light", "dark", "contrast"] as const;
/** One of the looks. */
export type Theme = (typeof THEMES)[number];

const KEY = "hengjian.preferences";

function known<T extends string>(list: readonly T[], value: unknown, otherwise: T): T {
  return list.find((item) => item === value) ?? otherwise;
}

function stored(): Preferences {
  let kept: Record<string, unknown> = {};
  try {
    const parsed: unknown = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    if (typeof parsed === "object" && parsed !== null) kept = { ...parsed };
  } catch {
    // Unreadable preferences are no reason not to open the window.
  }
  const scale = typeof kept.scale === "number" && kept.scale >= 100 && kept.scale <= 200 ? Math.round(kept.scale) : 100;
  const idle = IDLE_MINUTES.find((minutes) => minutes === kept.idle) ?? 10;
  return { locale: known(LOCALES, kept.locale, "zh-CN"), theme: known(THEMES, kept.theme, "light"), scale, idle };
}

/** The preferences in force; changing them changes the window at once. */
export const preferences = reactive<Preferences>(stored());

/** Applies the preferences to the page now and whenever they change. */
export function applyPreferences(): void {
  watch(
    preferences,
    (now) => {
      const root = document.documentElement;
      i18n.global.locale.value = now.locale;
      root.lang = now.locale;
      root.dataset.theme = now.theme;
      root.style.setProperty("--scale", String(now.scale / 100));
      // Beyond this the columns no longer fit beside one another and are put below one another.
      root.classList.toggle("large", now.scale >= 140);
      try {
        localStorage.setItem(KEY, JSON.stringify(now));
      } catch {
        // A full or forbidden store costs only the next start.
      }
    },
    { immediate: true },
  );
}
