import type * as T from "./types";

/** The sample meeting's people, units and centres as the pages see them; all fictional. */
export const PEOPLE: readonly (readonly [string, string, string, string | null])[] = [
  ["陈示范", "示例大学", "教授", "12140000MB0000001A"],
  ["李样本", "样本研究院", "研究员", "12140000MB0000002B"],
  ["王范例", "晋中示例农机有限公司", "高级工程师", "91140700MA0000003C"],
  ["张测试", "范例学院", "教授", "12140000MB0000004D"],
  ["刘示意", "样本大学", "教授", "12140000MB0000005E"],
  ["赵模拟", "晋中示例铸造有限公司", "正高级工程师", null],
  ["孙虚构", "虚构研究所", "研究员", "12140000MB0000007G"],
  ["周演示", "演示学院", "副教授", "12140000MB0000008H"],
  ["吴𠮷例", "示例大学", "教授", "12140000MB0000001A"],
  ["郑标样", "标样设计院", "教授级高工", "91140700MA0000010K"],
  ["冯仿真", "晋中示例农机有限公司", "高级工程师", "91140700MA0000003C"],
];

const CENTRES: readonly (readonly [string, string, string])[] = [
  ["c1", "智能农机装备", "晋中示例农机有限公司"],
  ["c2", "玛钢铸造", "晋中示例铸造有限公司"],
  ["c3", "药茶精深加工", "晋中示例药茶有限公司"],
];

const key = (index: number) => `key-${index}`;

/** One of the eleven. */
export function person(index: number): T.PersonView {
  const [name, unit, title, code] = PEOPLE[index] ?? ["佚名", "示例单位", "", null];
  const hex = ((index + 11) * 2654435761).toString(36).padEnd(8, "q");
  return { key: key(index), key_short: `${hex.slice(0, 4)} ${hex.slice(4, 8)} x7Tq ${hex.slice(2, 6)}`, name, unit: { name: unit, code }, title };
}

export const ROUND: T.RoundSummary = {
  id: "r1", title: "晋中市技术创新中心评估 · 示例轮次", kind: "evaluation", status: "received", held_on: "2025-11-20",
  centres: 3, roster_version: 1, digest_short: "7f3a 91c2 0be4 55d8", bureau: "晋中市科学技术局（示例）",
};

export const SCHEME: T.Scheme = {
  maxima: [1000, 2500, 2500, 1500, 1500, 1000], step: 50,
  bands: { excellent: 9000, good: 8000, qualified: 7000, basically_qualified: 6000 },
  method: "mean", rounding: "half_up", confirmed: { on: "2025-11-03", basis: "局务会议纪要〔2025〕示例号" },
};

export const FACTS: T.Facts = {
  applicants: 2, applied_on: "2025-09-01", agreement_until: "2029-12-31", area_m2: 1650, equipment_yuan: 18_600_000,
  partner_equipment_yuan: 4_200_000, director_age: 52, director_senior: true, director_full_time: true, staff: 31,
  staff_master_or_senior: 19, staff_young: 14, rd_yuan: 15_200_000, host_rd_yuan: null,
};

const CONDITIONS: readonly (readonly [string, string, string, string])[] = [
  ["applicants", "第八条（一）", "申报单位原则上不超过3家", "2 家"],
  ["agreement", "第八条（一）", "合作协议的有效期限应当在三年以上(含)", "至 2029-12-31"],
  ["area", "第八条（二）", "有相对集中的实验用房，面积在1000平方米以上", "1650 平方米"],
  ["equipment", "第八条（二）", "仪器设备总值在1000万元以上", "1860 万元"],
  ["director_age", "第八条（四）", "中心主任年龄不超过 60 岁", "52 岁"],
  ["staff", "第八条（四）", "固定科研人员不少于 25 人", "31 人"],
  ["host_rd", "第八条（七）", "其中依托单位不少于500万元", ""],
];

export function centre(index: number): T.CentreView {
  const [id, short, host] = CENTRES[index] ?? ["c9", "示例", "示例单位"];
  return {
    id, name: `晋中市${short}技术创新中心`, short_name: short, host: { name: host, code: "91140700MA0000003C" }, partners: [], previous_grade: index === 0 ? "good" : null,
    documents: ["01-三年工作总结.pdf", "02-成果与转化清单.pdf", "03-财务审计报告.pdf"].map((name, at) => ({ name, size: 820_000 + at * 93_000, kind: "pdf" })),
    facts: FACTS, name_lawful: true,
    conditions: CONDITIONS.map(([name, article, text, stated]) => ({ key: name, article, text, stated, verdict: stated === "" ? "not_stated" : "met" })),
  };
}
export const CENTRE_VIEWS: readonly T.CentreView[] = CENTRES.map((_, index) => centre(index));

export function composition(centreIndex: number, members: readonly number[]): T.CompositionView {
  const view = centre(centreIndex);
  const host = members.filter((index) => PEOPLE[index]?.[1] === view.host.name);
  const violations: T.Violation[] = [];
  if (members.length < 9) violations.push({ too_few: { members: members.length, required: 9 } });
  if (3 * host.length > members.length) violations.push({ too_many_from_host: { members: members.length, host: host.length, allowed: Math.floor(members.length / 3) } });
  return {
    centre: view.id, centre_name: view.name, centre_short: view.short_name, members: members.length, host: host.length,
    host_names: host.map((index) => person(index).name), by_name_only: host.filter((index) => PEOPLE[index]?.[3] === null).map((index) => person(index).name),
    violations, article: "第十一条",
  };
}

const ALL = PEOPLE.map((_, index) => index);

export function grade(index: number): T.GradeView {
  const base = [8405, 7996, 6640][index] ?? 7000;
  const members = ALL.filter((one) => (one + index) % 11 !== 3);
  const totals = members.map((one, at) => {
    const total = base + ((at * 137) % 700) - 350;
    return { key: key(one), name: person(one).name, from_host: PEOPLE[one]?.[1] === centre(index).host.name, total, scores: [800, 2000, 2000, 1200, 1200, total - 7200] };
  });
  const grades: T.Grade[] = ["good", "qualified", "basically_qualified"];
  const follow: T.Consequence[] = [{ next_evaluation: { year: 2028 } }, { next_evaluation: { year: 2028 } }, { rectification: { until: "2026-11-20" } }];
  return {
    centre: centre(index).id, centre_name: centre(index).name, centre_short: centre(index).short_name, status: "graded", score: base,
    by_score: grades[index] ?? null, grade: grades[index] ?? null, consequence: follow[index] ?? null, totals,
    lowest: Math.min(...totals.map((one) => one.total)), highest: Math.max(...totals.map((one) => one.total)),
    sensitive_to: index === 1 ? [{ kind: "without_expert", what: "周演示", grade: "good" }, { kind: "method", what: "median", grade: "good" }] : [],
    findings: [], composition: composition(index, members),
  };
}
export const GRADES: readonly T.GradeView[] = [grade(0), grade(1), grade(2)];

const FIGURES: Record<string, string> = {
  entries: "35", secretary: "李秘书", chair: "陈示范", version: "1", members: "11", count: "33", cells: "33", sheets: "30", recusals: "2", absences: "1", centres: "3", root: "a19c 3e07",
};
export const CHECKS: readonly T.CheckView[] = ["form", "signatures", "roster", "sheets", "complete", "composition", "totals", "grades", "tree"].map((name, index) => ({
  number: index + 1, key: name, passed: true, figures: FIGURES, problems: [],
}));

export const RULEBOOK: T.RulebookView = {
  id: "jinzhong-2023-33", title: "晋中市技术创新中心建设与运行管理办法（试行）", number: "市科发〔2023〕33号", from: "2024-01-22", last: "2026-01-21",
  digest: "3f9c2b7a".repeat(8),
  rules: [
    { article: "第十一条", key: "panel.min_members", value: "委员不少于 9 人，依托单位不超过三分之一", quote: "人数不低于9人，依托单位人员不超过三分之一，每届任期不超过5年。", unconfirmed: false },
    { article: "第二十一条", key: "evaluation", value: "每3年", quote: "每 3 年为一个评估周期", unconfirmed: false },
    { article: "第二十二条", key: "grades", value: "五个档次", quote: "评估结果分为“优秀、良好、合格、基本合格、不合格”5 个档次。", unconfirmed: false },
    { article: "第二十一条", key: "scheme.maxima", value: "10 / 25 / 25 / 15 / 15 / 10", quote: "", unconfirmed: true },
  ],
};
/** What a public notice rests on besides the measures. */
export const READINGS: T.ReadingView[] = [{ key: "public_notice_first_day", text: "公示期自发布之日的次日起算，发布当日不计入；只计工作日。" }];
export const MEMBERS = ALL;
