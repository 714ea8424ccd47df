import { describe, expect, it } from "vitest";
import { useAutosave } from "./autosave";
import { DeskError } from "./ipc/error";

function gate() {
  let open: () => void = () => undefined;
  const passed = new Promise<void>((resolve) => (open = resolve));
  return { open, passed };
}

describe("autosave", () => {
  it("says saved only after the desk has returned", async () => {
    const at = new Date(2026, 10, 23, 14, 3, 22);
    const save = useAutosave(() => at);
    const door = gate();
    expect(save.state.value.kind).toBe("idle");
    save.put("score-0", () => door.passed);
    expect(save.state.value.kind).toBe("saving");
    door.open();
    await save.flush();
    expect(save.state.value).toEqual({ kind: "saved", at });
  });

  it("writes one value at a time under a name and ends with the newest", async () => {
    const save = useAutosave();
    const written: number[] = [];
    const door = gate();
    save.put("score-0", async () => { await door.passed; written.push(1); });
    save.put("score-0", async () => void written.push(2));
    save.put("score-0", async () => void written.push(3));
    door.open();
    await save.flush();
    expect(written).toEqual([1, 3]);
  });

  it("keeps a value whose write failed and writes it on retry", async () => {
    const save = useAutosave();
    let broken = true;
    let kept = 0;
    save.put("score-0", async () => {
      if (broken) throw new DeskError("STORE_FULL");
      kept = 850;
    });
    await save.flush();
    expect(save.state.value).toMatchObject({ kind: "failed", error: { code: "STORE_FULL" } });
    save.put("score-1", async () => undefined);
    await save.flush();
    expect(save.state.value.kind).toBe("failed");
    broken = false;
    await save.retry();
    expect(kept).toBe(850);
    expect(save.state.value.kind).toBe("saved");
  });

  it("never writes a refused value, says so through a retry, and saves the next one", async () => {
    const save = useAutosave();
    const written: string[] = [];
    save.put("comment-0", async () => void written.push("before"), 60_000);
    save.refuse("comment-0", new DeskError("TEXT_LONG"));
    await save.retry();
    expect(written).toEqual([]);
    expect(save.state.value).toMatchObject({ kind: "failed", error: { code: "TEXT_LONG" } });
    save.put("comment-0", async () => void written.push("after"));
    await save.flush();
    expect(written).toEqual(["after"]);
    expect(save.state.value.kind).toBe("saved");
  });

  it("forgets what could not be saved once it is given up", async () => {
    const save = useAutosave();
    save.put("score-0", () => Promise.reject(new DeskError("DISK_FULL")));
    await save.flush();
    expect(save.state.value.kind).toBe("failed");
    save.drop();
    expect(save.state.value.kind).toBe("idle");
  });

  it("waits for the delay but not through a flush", async () => {
    const save = useAutosave();
    let writes = 0;
    save.put("comment-0", async () => void (writes += 1), 60_000);
    expect(writes).toBe(0);
    expect(save.state.value.kind).toBe("saving");
    await save.flush();
    expect(writes).toBe(1);
  });
});
