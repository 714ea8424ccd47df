import { describe, expect, it } from "vitest";
import { gradeOf, running } from "./totals";

const maxima = [1000, 2500, 2500, 1500, 1500, 1000];
const bands = [
  { grade: "excellent", floor: 9000 },
  { grade: "good", floor: 8000 },
  { grade: "pass", floor: 7000 },
  { grade: "marginal", floor: 6000 },
  { grade: "fail", floor: 0 },
];

describe("the running total", () => {
  it("counts only what is scored and says out of how much", () => {
    expect(running([850, 2100, 2150, 1200, null, null], maxima)).toEqual({
      total: 6300, scored: 4, outOf: 7500, complete: false, level: 8400,
    });
  });
  it("is complete with six scores, zero included", () => {
    expect(running([0, 2500, 2500, 1500, 1500, 1000], maxima).complete).toBe(true);
  });
  it("puts the edge into the higher grade and a hundredth below into the lower", () => {
    expect(gradeOf(9000, bands)).toBe("excellent");
    expect(gradeOf(8999, bands)).toBe("good");
    expect(gradeOf(0, bands)).toBe("fail");
  });
});
