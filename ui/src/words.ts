import type { Composer } from "vue-i18n";
import type { Consequence, Violation } from "@/ipc";

/** The translating function of a page. */
export type Translate = Composer["t"];

/** What of Article 11 is not met, with its figures. */
export function violationWords(t: Translate, violation: Violation): string {
  if (violation.too_few) return t("panel.tooFew", violation.too_few);
  return t("panel.tooMany", violation.too_many_from_host);
}

/** What follows from a grade. */
export function consequenceWords(t: Translate, consequence: Consequence | null): string {
  if (consequence === null) return "";
  if (typeof consequence === "string") return t(`consequence.${consequence}`);
  if (consequence.next_evaluation) return t("consequence.next", { year: String(consequence.next_evaluation.year) });
  return t("consequence.rectification", { until: consequence.rectification.until });
}

/** How grave a consequence is, for its chip. */
export function consequenceTone(consequence: Consequence | null): "" | "w" | "b" {
  if (consequence === "revocation") return "b";
  return typeof consequence === "object" && consequence?.rectification ? "w" : "";
}
