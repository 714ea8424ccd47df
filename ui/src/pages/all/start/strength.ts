/** How well a passphrase would stand against guessing; a rough guide for the one who types it. */
export type Strength = "short" | "weak" | "fair" | "strong";

/** The fewest characters that the desk takes. */
export const LEAST = 8;

/** Judges by length and variety: four Chinese words or a sentence beat a short word with a digit. */
export function strength(text: string): Strength {
  const characters = [...text];
  if (characters.length < LEAST) return "short";
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^\p{L}\d]/u, /\p{Script=Han}/u].filter((kind) => kind.test(text)).length;
  const different = new Set(characters).size;
  const han = characters.filter((character) => /\p{Script=Han}/u.test(character)).length;
  const score = Math.min(different, characters.length) + han + kinds * 2;
  if (different < 5 || score < 13) return "weak";
  return score < 20 ? "fair" : "strong";
}
