import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { LOCALES, makeI18n, texts, type Texts } from "./i18n";

function flat(tree: Texts, prefix = ""): Map<string, string> {
  const found = new Map<string, string>();
  for (const [name, value] of Object.entries(tree)) {
    const key = prefix ? `${prefix}.${name}` : name;
    if (typeof value === "string") found.set(key, value);
    else for (const [inner, text] of flat(value, key)) found.set(inner, text);
  }
  return found;
}

function files(folder: string, ending: RegExp): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => ending.test(name))
    .map((name) => path.join(folder, name));
}

const zh = flat(texts("zh-CN"));
const en = flat(texts("en"));
const here = path.resolve(import.meta.dirname);

describe("the locale files", () => {
  it("have every text in both languages", () => {
    expect([...zh.keys()].filter((key) => !en.has(key))).toEqual([]);
    expect([...en.keys()].filter((key) => !zh.has(key))).toEqual([]);
  });

  it("hold no empty text", () => {
    expect([...zh, ...en].filter(([, text]) => text.trim() === "").map(([key]) => key)).toEqual([]);
  });

  it("name the same figures in both languages", () => {
    const figures = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();
    const differing = [...zh.keys()].filter((key) => String([...new Set(figures(zh.get(key) ?? ""))]) !== String([...new Set(figures(en.get(key) ?? ""))]));
    expect(differing).toEqual([]);
  });

  it("can all be said without a figure being given", () => {
    for (const locale of LOCALES) {
      const { t } = makeI18n(locale).global;
      for (const key of zh.keys()) expect(() => t(key)).not.toThrow();
    }
  });

  it("hold every text that the pages ask for by a plain key", () => {
    const missing: string[] = [];
    for (const file of files(here, /\.(vue|ts)$/).filter((name) => !name.endsWith(".test.ts"))) {
      for (const match of readFileSync(file, "utf8").matchAll(/\bt\(\s*"([\w.-]+)"/g)) {
        const key = match[1] ?? "";
        if (!zh.has(key)) missing.push(`${path.relative(here, file)}: ${key}`);
      }
    }
    expect(missing).toEqual([]);
  });
});

describe("the words of errors", () => {
  it("say for each code what happened and what to do next", () => {
    const errors = texts("zh-CN").errors;
    if (typeof errors !== "object") throw new Error("no errors file");
    for (const [code, words] of Object.entries(errors)) {
      expect(code).toMatch(/^[A-Z][A-Z0-9_]+$/);
      expect(Object.keys(words), code).toEqual(["title", "next"]);
    }
  });

  it("exist for every code that the desk and what stands under it can give", () => {
    const crates = path.resolve(here, "../../src-tauri/crates");
    if (!existsSync(crates)) return;
    const codes = new Set<string>();
    for (const crate of ["desk", "seal"]) {
      for (const file of files(path.join(crates, crate, "src"), /\.rs$/)) {
        const source = readFileSync(file, "utf8");
        for (const match of source.matchAll(/(?:new|at|of|cell|refuse|error)\(\s*"([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)"|=> "([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)"/g)) codes.add(match[1] ?? match[2] ?? "");
      }
    }
    expect(codes.size).toBeGreaterThan(60);
    expect([...codes].filter((code) => !zh.has(`errors.${code}.title`))).toEqual([]);
  });

  it("exist for every numbered check and for every operation of the audit trail", () => {
    const crates = path.resolve(here, "../../src-tauri/crates");
    if (!existsSync(crates)) return;
    const found = (file: string, form: RegExp) =>
      [...readFileSync(path.join(crates, file), "utf8").matchAll(form)].map((match) => match[1] ?? "");
    const checks = found("seal/src/recount/report.rs", /Self::\w+ => "([a-z_]+)"/g);
    const operations = found("store/src/transact.rs", /^ {4}[A-Z]\w+ = "([a-z-]+)",/gm);
    expect(checks).toContain("round");
    expect(operations).toContain("score-saved");
    expect(checks.filter((key) => !zh.has(`checks.${key}.title`) || !zh.has(`checks.${key}.detail`))).toEqual([]);
    expect(operations.filter((operation) => !zh.has(`audit.op.${operation}`))).toEqual([]);
  });
});
