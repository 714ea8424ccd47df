import type { Hundredths } from "@/points";

/** A grade (档次) and the lowest total that earns it. */
export interface Band {
  grade: string;
  floor: Hundredths;
}

/** What the running total may say while scores are missing. */
export interface Running {
  total: Hundredths;
  scored: number;
  /** The most that the scored dimensions give together. */
  outOf: Hundredths;
  complete: boolean;
  /** The total at the same level over all dimensions; for the eye only, never signed. */
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
  return { total, scored, outOf, complete: scored === maxima.length, level: outOf > 0 ? Math.round((total * all) / outOf) : null };
}

/** The grade in whose band a total falls. */
export function gradeOf(total: Hundredths, bands: readonly Band[]): string | null {
  const sorted = [...bands].sort((a, b) => b.floor - a.floor);
  return sorted.find((band) => total >= band.floor)?.grade ?? null;
}
