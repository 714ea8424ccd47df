import { mount } from "@vue/test-utils";
import { describe, expect, it } from "vitest";
import { DeskError } from "@/ipc/error";
import ErrorNotice from "./ErrorNotice.vue";

describe("an error on the screen", () => {
  it("says what happened with its figures, what to do next, and the code", () => {
    const shown = mount(ErrorNotice, { props: { error: new DeskError("PANEL_TOO_FEW", { centre: "药茶精深加工", members: "8", required: "9", article: "第十一条" }) } });
    expect(shown.get("[data-test=error-title]").text()).toBe("药茶精深加工：委员 8 人，少于第十一条规定的 9 人");
    expect(shown.get("[data-test=error-next]").text()).not.toBe("");
    expect(shown.get("[data-test=error-code]").text()).toBe("PANEL_TOO_FEW");
  });

  it("gives ids among the figures their word", () => {
    const shown = mount(ErrorNotice, { props: { error: new DeskError("RESULT_SIGNATURE_MISSING", { role: "chair" }) } });
    expect(shown.text()).toContain("组长");
  });

  it("leaves no bare placeholder where a figure is missing", () => {
    const shown = mount(ErrorNotice, { props: { error: new DeskError("SHEET_SCORES", {}) } });
    expect(shown.text()).not.toMatch(/[{}]/);
  });

  it("shows what it does not know under its own code", () => {
    const shown = mount(ErrorNotice, { props: { error: new DeskError("SOMETHING_NEW", { detail: "x y z" }) } });
    expect(shown.get("[data-test=error-code]").text()).toBe("SOMETHING_NEW");
    expect(shown.text()).toContain("x y z");
    expect(mount(ErrorNotice, { props: { error: new TypeError("no window") } }).text()).toContain("no window");
  });

  it("shows nothing where nothing is wrong", () => {
    expect(mount(ErrorNotice, { props: { error: null } }).find("[role=alert]").exists()).toBe(false);
  });
});
