import { mount } from "@vue/test-utils";
import { describe, expect, it } from "vitest";
import { DeskError } from "@/ipc/error";
import SaveMark from "./SaveMark.vue";

describe("the state of saving", () => {
  it("says nothing before anything was typed", () => {
    expect(mount(SaveMark, { props: { state: { kind: "idle" } } }).text()).toBe("");
  });
  it("says when it was saved, to the second", () => {
    const at = new Date(2026, 10, 23, 14, 3, 22);
    expect(mount(SaveMark, { props: { state: { kind: "saved", at } } }).text()).toBe("✓ 已保存 14:03:22");
  });
  it("offers to try again after a failure", async () => {
    const mark = mount(SaveMark, { props: { state: { kind: "failed", error: new DeskError("DISK_FULL") } } });
    expect(mark.text()).toContain("保存失败：磁盘空间不足");
    await mark.get("[data-test=save-retry]").trigger("click");
    expect(mark.emitted("retry")).toHaveLength(1);
  });
  it("offers no other try for a text that is too long", () => {
    const error = new DeskError("TEXT_LONG", { field: "comment", maximum: 2000 });
    const mark = mount(SaveMark, { props: { state: { kind: "failed", error } } });
    expect(mark.text()).toBe("未保存：“评语”太长，最多 2000");
  });
});
