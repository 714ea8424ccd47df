import { describe, expect, it } from "vitest";
import { DeskError } from "@/ipc/error";
import { failed, past, succeeded } from "./outcome";

describe("an error of a step", () => {
  it("stands until a later step goes through", () => {
    const error = new DeskError("IO");
    failed(error);
    expect(past(error)).toBe(false);
    succeeded();
    expect(past(error)).toBe(true);
  });

  it("stands for good where no step gave it", () => {
    succeeded();
    expect(past(new DeskError("SHEET_FORK"))).toBe(false);
    expect(past(null)).toBe(false);
  });
});
