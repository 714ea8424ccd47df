import { describe, expect, it } from "vitest";
import { formatPoints, parsePoints, stepPoints } from "./points";

describe("points", () => {
  it.each([["8.5", 850], ["8", 800], ["8.", null], ["0", 0], ["10", 1000], ["8.25", 825], ["8.255", null], ["-1", null], ["1e1", null],
    ["８．５", 850], ["", null], [" 8.5 ", 850], ["0x1", null], [".5", null]] as const)("reads %j strictly", (text, value) => {
    const parsed = parsePoints(text, 1000, 25);
    expect(parsed.kind === "value" ? parsed.value : null).toBe(value);
  });

  it("knows form, range and step apart", () => {
    expect(parsePoints("x", 1000, 50)).toEqual({ kind: "problem", problem: "form" });
    expect(parsePoints("10.01", 1000, 1)).toEqual({ kind: "problem", problem: "range" });
    expect(parsePoints("8.3", 1000, 50)).toEqual({ kind: "problem", problem: "step" });
  });

  it("writes every hundredth back as it was read", () => {
    for (let value = 0; value <= 10000; value += 1) {
      expect(parsePoints(formatPoints(value), 10000, 1)).toEqual({ kind: "value", value });
    }
  });

  it("writes as many decimals as asked and needed", () => {
    expect([formatPoints(850), formatPoints(9132), formatPoints(1000, 0), formatPoints(850, 2), formatPoints(-5)]).toEqual([
      "8.5", "91.32", "10", "8.50", "-0.05",
    ]);
  });

  it("steps from nothing and from off the grid", () => {
    expect(stepPoints(null, 1, 1000, 50)).toBe(50);
    expect(stepPoints(825, 1, 1000, 50)).toBe(850);
    expect(stepPoints(825, -1, 1000, 50)).toBe(800);
    expect(stepPoints(0, -1, 1000, 50)).toBe(0);
  });
});
