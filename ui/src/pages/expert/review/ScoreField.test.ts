import { mount } from "@vue/test-utils";
import { describe, expect, it } from "vitest";
import ScoreField from "./ScoreField.vue";

function field(value: number | null = null) {
  const wrapper = mount(ScoreField, {
    props: { value, max: 2500, step: 50, label: "研究水平与贡献", test: "score-input-1" },
    attachTo: document.body,
  });
  return { wrapper, input: wrapper.get<HTMLInputElement>("input") };
}

describe("the score field", () => {
  it("hands on hundredths, not floats", async () => {
    const { wrapper, input } = field();
    await input.setValue("21.5");
    expect(wrapper.emitted("change")).toEqual([[2150]]);
  });

  it("keeps a value above the maximum in the field, says why, and hands nothing on", async () => {
    const { wrapper, input } = field();
    await input.setValue("25.5");
    expect(wrapper.emitted("change")).toBeUndefined();
    expect(wrapper.get("[data-test=score-input-1-problem]").text()).toContain("25");
    expect(input.element.value).toBe("25.5");
  });

  it("refuses a value off the step", async () => {
    const { wrapper, input } = field();
    await input.setValue("21.3");
    expect(wrapper.emitted("change")).toBeUndefined();
    expect(wrapper.find("[role=alert]").exists()).toBe(true);
  });

  it("takes the cleared field as no score", async () => {
    const { wrapper, input } = field(2100);
    await input.setValue("");
    expect(wrapper.emitted("change")).toEqual([[null]]);
  });

  it("waits for the end of a composition before it takes anything", async () => {
    const { wrapper, input } = field();
    await input.trigger("compositionstart");
    await input.setValue("２");
    expect(wrapper.emitted("change")).toBeUndefined();
    input.element.value = "２１";
    await input.trigger("compositionend");
    expect(wrapper.emitted("change")).toEqual([[2100]]);
  });

  it("does not go to the next field on the Enter that ends a composition", async () => {
    const { wrapper, input } = field(2100);
    await input.trigger("keydown", { key: "Enter", isComposing: true });
    await input.trigger("keydown", { key: "Enter", keyCode: 229 });
    expect(wrapper.emitted("next")).toBeUndefined();
    await input.trigger("keydown", { key: "Enter" });
    expect(wrapper.emitted("next")).toHaveLength(1);
  });

  it("stays where it is on Enter while what is typed is wrong", async () => {
    const { wrapper, input } = field();
    await input.setValue("abc");
    await input.trigger("keydown", { key: "Enter" });
    expect(wrapper.emitted("next")).toBeUndefined();
  });

  it("steps with the arrows and stops at the maximum", async () => {
    const { wrapper, input } = field(2450);
    await input.trigger("keydown", { key: "ArrowUp" });
    expect(wrapper.emitted("change")?.at(-1)).toEqual([2500]);
    await wrapper.setProps({ value: 2500 });
    await input.trigger("keydown", { key: "ArrowUp" });
    expect(wrapper.emitted("change")).toHaveLength(1);
  });

  it("asks for evidence on E and does not type it", async () => {
    const { wrapper, input } = field();
    await input.trigger("keydown", { key: "E" });
    expect(wrapper.emitted("evidence")).toHaveLength(1);
  });
});
