import { mount } from "@vue/test-utils";
import { describe, expect, it } from "vitest";
import ErrorNotice from "./components/ErrorNotice.vue";
import { DeskError } from "./ipc/error";

function words(params: Record<string, string>): { title: string; next: string } {
  const notice = mount(ErrorNotice, { props: { error: new DeskError("IO", params) } });
  const text = (part: string) => notice.get(`[data-test=error-${part}]`).text();
  return { title: text("title"), next: text("next") };
}

describe("the words of a failure of the file system", () => {
  it("say the kind in words, and the name under which people know the file", () => {
    const said = words({ path: "E:\\评审\\.评分表.hjsheet.part", reason: "no storage space" });
    expect(said.title).toContain("E:\\评审\\评分表.hjsheet");
    expect(said.title).not.toContain(".part");
    expect(said.next).toContain("磁盘空间不足");
  });

  it("say that it is the desk's own folder where no path is known", () => {
    expect(words({ path: "", reason: "permission denied" }).title).toContain("工作台文件夹");
  });
});
