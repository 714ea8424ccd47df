import type { Hundredths } from "@/points";

/** What the running total may say while scores are missing. Which grade a complete one means, the desk alone says. */
export interface Running {
  total: Hundredths;
  scored: number;
  /** The most that the scored dimensions give together. */
  outOf: Hundredths;
  complete: boolean;
  /** The total at the same level over all dimensions, rounded down; for the eye only, never signed, and no grade. */
  level: Hundredths | null;
}

/** Adds up what is scored so far. */
export function running(scores: readonly (Hundredths | null)[], maxima: readonly Hundredths[]): Running {
  let total = 0;
  let outOf = 0;
  let scored = 0;
  for (const [index, score] of scores.entries()) {
    if (score === null) continue;
    total += score;
    outOf += maxima[index] ?? 0;
    scored += 1;
  }
  const all = maxima.reduce((sum, max) => sum + max, 0);
  // The remainder goes first, so that the division is exact.
  const whole = total * all;
  return { total, scored, outOf, complete: scored === maxima.length, level: outOf > 0 ? (whole - (whole % outOf)) / outOf : null };
}
