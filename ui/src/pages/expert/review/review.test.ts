import { flushPromises, mount } from "@vue/test-utils";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { createMemoryHistory, createRouter } from "vue-router";
import { DeskError, installIpc, ipc, type Ipc } from "@/ipc";
import { fake } from "@/ipc/fake";
import { leaveDesk, loadRounds, session } from "@/session";
import ReviewPage from "./index.vue";

// The reader draws PDFs, which needs a real engine; here only the form beside it counts.
vi.mock("./reader/DocumentReader.vue", () => ({ default: { name: "DocumentReader", template: "<div />" } }));

async function page(desk: Ipc) {
  installIpc(desk);
  session.desk = await ipc.openSampleDesk("示例/expert");
  session.current = "expert";
  await loadRounds();
  const router = createRouter({
    history: createMemoryHistory(),
    routes: [
      { path: "/expert/review/:centre", component: ReviewPage },
      { path: "/:rest(.*)*", component: { template: "<div />" } },
    ],
  });
  await router.push("/expert/review/c1");
  document.body.innerHTML = '<div id="bar-state"></div><div id="root"></div>';
  const wrapper = mount({ template: "<RouterView />" }, { global: { plugins: [router] }, attachTo: "#root" });
  await vi.waitUntil(() => wrapper.find("[data-test=score-input-0]").exists());
  return { wrapper, router };
}

const state = () => document.querySelector("[data-test=save-state]")?.getAttribute("data-state");

describe("the review page", () => {
  beforeEach(() => {
    session.desk = null;
    session.round = null;
  });

  it("says saved only after the desk has kept the score", async () => {
    const { wrapper } = await page(fake());
    await wrapper.get("[data-test=score-input-4]").setValue("13.5");
    expect(state()).toBe("saving");
    await vi.waitUntil(() => state() === "saved");
    const kept = await ipc.reviewView("r1", "c1");
    expect(kept.drafts[4]?.score).toBe(1350);
    expect(wrapper.get("[data-test=score-total]").text()).toBe("76.5");
  });

  it("says so when a score could not be saved, keeps it, and saves it on retry", async () => {
    const desk = fake();
    const keep = desk.saveDraft;
    let broken = true;
    const { wrapper } = await page({
      ...desk,
      saveDraft: (...change) => (broken ? Promise.reject(new DeskError("DISK_FULL")) : keep(...change)),
    });
    const field = wrapper.get<HTMLInputElement>("[data-test=score-input-4]");
    await field.setValue("13.5");
    await vi.waitUntil(() => state() === "failed");
    expect(field.element.value).toBe("13.5");
    broken = false;
    document.querySelector<HTMLButtonElement>("[data-test=save-retry]")?.click();
    await vi.waitUntil(() => state() === "saved");
    expect((await ipc.reviewView("r1", "c1")).drafts[4]?.score).toBe(1350);
  });

  it("never sends a score that cannot stand", async () => {
    const { wrapper } = await page(fake());
    await wrapper.get("[data-test=score-input-4]").setValue("15.5");
    await flushPromises();
    expect((await ipc.reviewView("r1", "c1")).drafts[4]?.score).toBeNull();
    expect(wrapper.get("[data-test=to-sign]").attributes("disabled")).toBeDefined();
  });

  it("says at the field why a comment is too long, and sends nothing of it", async () => {
    const { wrapper } = await page(fake());
    await wrapper.get("[data-test=score-comment-4]").setValue("评".repeat(2100));
    expect(wrapper.get("[data-test=comment-length-4]").text()).toBe("评语最多 2000 字，现 2100 字，未保存");
    expect(state()).toBe("failed");
    expect((await ipc.reviewView("r1", "c1")).drafts[4]?.comment).toBe("");
    await wrapper.get("[data-test=score-comment-4]").setValue("评".repeat(2000));
    await vi.waitUntil(() => state() === "saved");
  });

  it("asks within the page before something unsaved is left behind", async () => {
    const { wrapper, router } = await page(fake());
    await wrapper.get("[data-test=score-comment-4]").setValue("评".repeat(2100));
    const answer = async (button: string) => {
      const leaving = router.push("/expert");
      (await vi.waitUntil(() => document.querySelector<HTMLButtonElement>(`.ask ${button}`))).click();
      await leaving;
      // Without a real engine no transition ends: the answered question is taken away by hand.
      document.querySelector(".ask")?.remove();
    };
    await answer(".ask-no");
    expect(router.currentRoute.value.path).toBe("/expert/review/c1");
    await answer(".ask-yes");
    expect(router.currentRoute.value.path).toBe("/expert");
  });

  it("saves what it can before the desk locks, and is stopped by nothing", async () => {
    const { wrapper, router } = await page(fake());
    const desk = session.desk;
    await wrapper.get("[data-test=score-comment-0]").setValue("评".repeat(2100));
    await wrapper.get("[data-test=score-comment-4]").setValue("服务企业多");
    await leaveDesk();
    await router.push("/start");
    expect(router.currentRoute.value.path).toBe("/start");
    expect(session.desk).toBeNull();
    await ipc.openSampleDesk(desk?.folder ?? "");
    expect((await ipc.reviewView("r1", "c1")).drafts[4]?.comment).toBe("服务企业多");
  });

  it("goes from field to field by Enter", async () => {
    const { wrapper } = await page(fake());
    const first = wrapper.get<HTMLInputElement>("[data-test=score-input-0]");
    first.element.focus();
    await first.trigger("keydown", { key: "Enter" });
    await vi.waitUntil(() => document.activeElement?.getAttribute("data-test") === "score-input-1");
    expect(document.activeElement).toBe(wrapper.get("[data-test=score-input-1]").element);
  });

  it("cites the page that the reader shows", async () => {
    const { wrapper } = await page(fake());
    await wrapper.get("[data-test=score-input-1]").trigger("keydown", { key: "e" });
    await vi.waitUntil(() => state() === "saved");
    expect(wrapper.get("[data-test=evidence-1-0]").text()).toBe("三年工作总结 p.1");
    expect((await ipc.reviewView("r1", "c1")).evidence.at(-1)).toEqual({ dimension: "research", document: "01-三年工作总结.pdf", page: 1 });
  });
});
