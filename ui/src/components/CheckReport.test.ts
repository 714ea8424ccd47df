import { mount } from "@vue/test-utils";
import { describe, expect, it } from "vitest";
import type { CheckView } from "@/ipc";
import CheckReport from "./CheckReport.vue";

const check = (number: number, key: string, passed: boolean | null, figures: Record<string, string> = {}): CheckView => ({
  number,
  key,
  passed,
  figures,
  problems: passed === false ? [{ code: "RESULT_TREE", params: { stated: "aaaa", computed: "bbbb" } }] : [],
});

describe("the report of a verification", () => {
  it("says of a failed check what is wrong and no figures as if they had been confirmed", () => {
    const report = mount(CheckReport, { props: { checks: [check(1, "form", true, { entries: "33" }), check(2, "tree", false, { entries: "33", root: "abcd" })] } });
    expect(report.get("[data-test=check-form]").text()).toContain("33");
    const failed = report.get("[data-test=check-tree]").text();
    expect(failed).toContain("✗");
    expect(failed).toContain("bbbb");
    expect(failed).not.toContain("33");
  });

  it("tells one problem once, whichever checks find it", () => {
    const report = mount(CheckReport, { props: { checks: [check(1, "form", false), check(2, "sheets", false)] } });
    expect(report.findAll("[data-test=error]")).toHaveLength(1);
    expect(report.get("[data-test=check-sheets]").text()).toContain("见前项");
  });

  it("counts what does not hold and what was not checked apart", () => {
    const checks = [check(1, "form", false), check(2, "tree", null), check(3, "grades", null)];
    const report = mount(CheckReport, { props: { checks } });
    expect(report.get("[data-test=checks-failed]").text()).toBe("1 项未通过，2 项未核对");
    expect(report.get("[data-test=check-tree]").text()).toContain("未核对");
  });

  it("says how many centres a finding settled, where any", () => {
    const said = (by_finding: string) =>
      mount(CheckReport, { props: { checks: [check(1, "composition", true, { centres: "3", by_finding })] } }).text();
    expect(said("1")).toContain("依认定处理 1 个");
    expect(said("0")).not.toContain("依认定处理");
  });
});
