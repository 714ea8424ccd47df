import { describe, expect, it } from "vitest";
import { running } from "./totals";

const maxima = [1000, 2500, 2500, 1500, 1500, 1000];

describe("the running total", () => {
  it("counts only what is scored and says out of how much", () => {
    expect(running([850, 2100, 2150, 1200, null, null], maxima)).toEqual({
      total: 6300, scored: 4, outOf: 7500, complete: false, level: 8400,
    });
  });
  it("is complete with six scores, zero included", () => {
    expect(running([0, 2500, 2500, 1500, 1500, 1000], maxima).complete).toBe(true);
  });
  it("rounds the level of an incomplete total down, in whole hundredths", () => {
    expect(running([850, 2100, 2149, null, null, null], maxima).level).toBe(8498);
    expect(running([1, null, null, null, null, 2], [300, 2500, 2500, 1500, 1500, 700]).level).toBe(27);
  });
});
