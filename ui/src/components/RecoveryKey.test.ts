import { mount } from "@vue/test-utils";
import { describe, expect, it } from "vitest";
import { makeI18n } from "@/i18n";
import RecoveryKey from "./RecoveryKey.vue";

const KEY = "7Q2M-X9KD-4T8B-R6WN-1C5H-ZV3J-0YFP-8SEG-A";

function shown(recoveryKey: string | null) {
  return mount(RecoveryKey, { props: { recoveryKey, name: "示例人" }, global: { plugins: [makeI18n("zh-CN")] }, attachTo: document.body });
}
const find = (name: string) => document.querySelector<HTMLElement>(`[data-test=${name}]`);

describe("the recovery key", () => {
  it("is shown in its groups and goes only once it is said to be on paper", async () => {
    const wrapper = shown(KEY);
    await wrapper.vm.$nextTick();
    expect(find("recovery-key")?.querySelectorAll("code").length).toBe(9);
    expect(find("recovery-key")?.dataset.key).toBe(KEY);
    const done = find("recovery-done") as HTMLButtonElement;
    expect(done.disabled).toBe(true);
    find("recovery-noted")?.querySelector("input")?.click();
    await wrapper.vm.$nextTick();
    expect(done.disabled).toBe(false);
    done.click();
    expect(wrapper.emitted("done")).toHaveLength(1);
    wrapper.unmount();
  });

  it("is absent where there is none to show", async () => {
    const wrapper = shown(null);
    await wrapper.vm.$nextTick();
    expect(find("recovery-key")).toBeNull();
    wrapper.unmount();
  });
});
