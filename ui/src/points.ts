/**
 * Points (分) as integer hundredths: 8.5 points are 850. No float ever holds a score on its way from the keyboard to
 * the sheet, so what is typed is what is signed.
 */
export type Hundredths = number;

/** Why a typed score is not taken. */
export type PointsProblem = "form" | "step" | "range";

/** What a typed score means. An empty field is no score, which is not a mistake. */
export type ParsedPoints =
  | { kind: "empty" }
  | { kind: "value"; value: Hundredths }
  | { kind: "problem"; problem: PointsProblem };

// Full-width digits and stops are what a Chinese input method leaves behind when it is in full-width mode.
function halfWidth(text: string): string {
  return text
    .replace(/[０-９]/g, (digit) => String.fromCharCode(digit.charCodeAt(0) - 0xfee0))
    .replace(/[．。]/g, ".");
}

/**
 * Reads a score as typed: digits with at most two decimals, nothing else.
 *
 * @param max the most that the dimension gives, in hundredths
 * @param step the finest step that the scheme allows, in hundredths
 */
export function parsePoints(text: string, max: Hundredths, step: Hundredths): ParsedPoints {
  const typed = halfWidth(text.trim());
  if (typed === "") return { kind: "empty" };
  const match = /^(\d{1,4})(?:\.(\d{1,2}))?$/.exec(typed);
  if (!match) return { kind: "problem", problem: "form" };
  const value = Number(match[1]) * 100 + Number((match[2] ?? "").padEnd(2, "0"));
  if (value > max) return { kind: "problem", problem: "range" };
  if (step > 0 && value % step !== 0) return { kind: "problem", problem: "step" };
  return { kind: "value", value };
}

/** Writes hundredths with at least `least` decimals (850 → "8.5", 9132 → "91.32"). */
export function formatPoints(value: Hundredths, least: 0 | 1 | 2 = 1): string {
  const sign = value < 0 ? "-" : "";
  const whole = Math.abs(value);
  const rest = whole % 100;
  const units = `${sign}${(whole - rest) / 100}`;
  let decimals = String(rest).padStart(2, "0");
  while (decimals.length > least && decimals.endsWith("0")) decimals = decimals.slice(0, -1);
  return decimals === "" ? units : `${units}.${decimals}`;
}

/** One step up or down, kept between nothing and the maximum and on the grid of the step. */
export function stepPoints(value: Hundredths | null, by: 1 | -1, max: Hundredths, step: Hundredths): Hundredths {
  const from = value ?? (by > 0 ? 0 : max);
  const aligned = from - (from % step);
  const next = by > 0 ? aligned + step : aligned === from ? from - step : aligned;
  return Math.min(max, Math.max(0, next));
}
