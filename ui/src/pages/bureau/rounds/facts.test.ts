import { describe, expect, it } from "vitest";
import { readFacts, writeFacts } from "./facts";

const never = (field: string): never => {
  throw new Error(field);
};

describe("the facts of Article 8", () => {
  it("reads 万元 as yuan without a float", () => {
    const texts = { ...writeFacts(null), equipment_yuan: "1234.5678", rd_yuan: "1000" };
    const facts = readFacts(texts, never);
    expect([facts.equipment_yuan, facts.rd_yuan, facts.staff]).toEqual([12_345_678, 10_000_000, null]);
  });
  it("writes back what it read", () => {
    const texts = { ...writeFacts(null), equipment_yuan: "1234.5", staff: "25", director_senior: "yes", director_full_time: "no", applied_on: "2025-01-31" };
    expect(writeFacts(readFacts(texts, never))).toEqual(texts);
  });
  it("names the field that holds no number", () => {
    expect(() => readFacts({ ...writeFacts(null), staff: "二十五" }, never)).toThrow("staff");
  });
});
