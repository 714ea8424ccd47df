import { describe, expect, it } from "vitest";
import { errorWords } from "./error-words";
import { makeI18n } from "./i18n";
import { DeskError } from "./ipc/error";

const words = (params: Record<string, string>) => errorWords(new DeskError("IO", params), makeI18n("zh-CN").global);

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
