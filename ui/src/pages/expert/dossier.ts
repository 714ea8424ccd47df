import type { DossierSummary } from "@/ipc";
import { formatPoints } from "@/points";
import type { Translate } from "@/words";

/** The state of a dossier in a few words, as every page of the expert's desk says it. */
export function stateWords(t: Translate, dossier: DossierSummary): string {
  const grade = dossier.grade ? t(`common.grade.${dossier.grade}`) : "";
  const total = formatPoints(dossier.total);
  switch (dossier.state) {
    case "in_progress":
      return t("expert.state.in_progress", { scored: dossier.scored, evidence: dossier.evidence });
    case "complete":
      return t("expert.state.complete", { total, grade });
    case "signed":
      return t("expert.state.signed", { total, grade });
    case "changed":
      return t("expert.state.changed", { total });
    case "recused":
      return t("expert.state.recused");
    default:
      return t("expert.state.untouched");
  }
}
