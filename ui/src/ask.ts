import { ElMessageBox } from "element-plus";
import { i18n } from "./i18n";

/** What a question asks: the keys of its words. */
export interface Question {
  title: string;
  text: string;
  yes: string;
  no: string;
}

/** Asks within the page, since the window has no dialogs of its own; closing the question is a no. */
export function ask(question: Question): Promise<boolean> {
  const { t } = i18n.global;
  const asked = ElMessageBox.confirm(t(question.text), t(question.title), {
    confirmButtonText: t(question.yes),
    cancelButtonText: t(question.no),
    confirmButtonClass: "ask-yes",
    cancelButtonClass: "ask-no",
    customClass: "ask",
    closeOnClickModal: false,
  });
  return asked.then(
    () => true,
    () => false,
  );
}
