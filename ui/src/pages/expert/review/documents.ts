import type { Dimension, Grade } from "@/ipc";

/** The six dimensions in the order of Article 21. */
export const DIMENSIONS: readonly Dimension[] = ["organisation", "research", "transfer", "service", "team", "openness"];
/** The five grades of Article 22, best first. */
export const GRADES: readonly Grade[] = ["excellent", "good", "qualified", "basically_qualified", "unqualified"];

/** The longest comment on a dimension that the desk keeps, in characters. */
export const MAX_COMMENT = 2000;
/** The longest overall opinion, in characters. */
export const MAX_OPINION = 10000;

/** A document's tab: its file name without folder, leading number and ending. */
export function documentTitle(name: string): string {
  const file = name.split("/").pop() ?? name;
  const bare = file.replace(/\.[^.]+$/, "").replace(/^\d{1,2}[-_. 、]+/, "");
  return bare === "" ? file : bare;
}

/** What the window draws a document as. */
export function mediaType(name: string, kind: string): string {
  if (kind === "pdf") return "application/pdf";
  const ending = name.split(".").pop()?.toLowerCase() ?? "";
  return ending === "jpg" ? "image/jpeg" : `image/${ending}`;
}
