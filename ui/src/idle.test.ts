import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { watchIdle } from "./idle";

const MINUTE = 60_000;

describe("a desk that nobody touches", () => {
  let end: () => void;
  const gone = vi.fn();
  let minutes = 10;

  beforeEach(() => {
    vi.useFakeTimers();
    gone.mockReset();
    minutes = 10;
    end = watchIdle(() => minutes, gone);
  });
  afterEach(() => {
    end();
    vi.useRealTimers();
  });

  it("is locked once, after the minutes set and not before", () => {
    vi.advanceTimersByTime(10 * MINUTE - 6_000);
    expect(gone).not.toHaveBeenCalled();
    vi.advanceTimersByTime(MINUTE);
    expect(gone).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(60 * MINUTE);
    expect(gone).toHaveBeenCalledTimes(1);
  });

  it("stays open while somebody types or points", () => {
    for (const sign of ["keydown", "pointermove", "wheel", "keydown"]) {
      vi.advanceTimersByTime(9 * MINUTE);
      window.dispatchEvent(new Event(sign));
    }
    expect(gone).not.toHaveBeenCalled();
  });

  it("is locked when a laptop wakes after the time, before the key that woke it counts", () => {
    vi.setSystemTime(Date.now() + 60 * MINUTE);
    window.dispatchEvent(new Event("keydown"));
    expect(gone).toHaveBeenCalledTimes(1);
  });

  it("takes a change of the setting at once", () => {
    minutes = 5;
    vi.advanceTimersByTime(5 * MINUTE + 5_000);
    expect(gone).toHaveBeenCalledTimes(1);
  });

  it("is locked again the next time", () => {
    vi.advanceTimersByTime(11 * MINUTE);
    window.dispatchEvent(new Event("keydown"));
    vi.advanceTimersByTime(11 * MINUTE);
    expect(gone).toHaveBeenCalledTimes(2);
  });
});
