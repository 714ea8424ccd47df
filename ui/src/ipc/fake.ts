import type { Progress } from "./bindings";
import type { Ipc } from "./contract";
import { DeskError } from "./error";
import { CENTRE_VIEWS, CHECKS, composition, FACTS, GRADES, MEMBERS, PEOPLE, person, READINGS, ROUND, RULEBOOK, SCHEME } from "./fake-data";
import { fakePdf } from "./fake-pdf";
import type * as T from "./types";

const PASSPHRASE = "示例会议口令";
const RECOVERY_KEY = "7Q2M-X9KD-4T8B-R6WN-1C5H-ZV3J-0YFP-8SEG-A";
const NOW = "2025-11-20T14:03:22+08:00";
const CODE = "a19c 3e07 55d8 0be4 91c2 7f3a";
const DIGEST = "9b2f6c01".repeat(8);

const written = (path: string): T.Written => ({ path, size: 48_213, digest: DIGEST });

interface Draft {
  scores: (number | null)[];
  comments: string[];
  evidence: T.Evidence[];
  opinion: string;
  recommended: T.Grade | null;
  signed: number;
  changed: boolean;
  recused: boolean;
}

function draft(scores: (number | null)[]): Draft {
  return { scores, comments: ["", "", "", "", "", ""], evidence: [], opinion: "", recommended: null, signed: 0, changed: false, recused: false };
}

/**
 * A desk in memory with the sample meeting, for component tests and for looking at pages in a plain browser. It knows no
 * rule: what it answers is canned or echoed, and nothing it does is signed or kept.
 *
 * @param opened which of the desks is open at first; none asks for one
 */
export function fake(opened: string | null = null): Ipc {
  let open: T.DeskView | null = null;
  let fresh = false;
  let promised = opened !== null;
  let samples: T.DeskEntry[] = [];
  let members = [...MEMBERS];
  let chair = "key-0";
  let scheme: T.Scheme = { ...SCHEME, confirmed: null };
  let centres: T.CentreView[] = [...CENTRE_VIEWS];
  let basics: T.RoundInput = { title: "晋中市技术创新中心评估 · 准备中的轮次", kind: "evaluation", held_on: "2026-03-20", period_from: "2023-01-01", period_to: "2025-12-31", out_of_force_reason: "" };
  let signatures = 0;
  let absences: { expert: string; centre: string; reason: string }[] = [];
  let findings: T.FindingView[] = [];
  let problems: T.ProblemFile[] = [
    { id: 1, file_name: "评分表-孙虚构-药茶.hjsheet", error: { code: "SHEET_FORK", params: { expert: "孙虚构", centre: "药茶精深加工", seq: "1" } }, quarantined: true, at: NOW },
    { id: 2, file_name: "评分表-郑标样-玛钢.hjsheet", error: { code: "SHEET_ROUND_MISMATCH", params: { expert: "郑标样", centre: "玛钢铸造" } }, quarantined: false, at: NOW },
  ];
  let decisions: T.DecisionView[] = [];
  const drafts = new Map<string, Draft>([
    ["c1", { ...draft([850, 2100, 2150, 1200, null, null]), comments: ["理事会运行规范，章程完备", "发明专利 11 件，省级项目 2 项", "转化金额增长明显", "服务企业 38 家", "", ""], evidence: [{ dimension: "organisation", document: "01-三年工作总结.pdf", page: 3 }, { dimension: "transfer", document: "01-三年工作总结.pdf", page: 7 }] }],
    ["c2", { ...draft([800, 2000, 1900, 1150, 1150, 800]) }],
    ["c3", draft([null, null, null, null, null, null])],
  ]);
  const listeners = new Set<(progress: Progress) => void>();

  const desk = (roles: T.Role[], index: number): T.DeskView => ({ folder: `示例/${roles[0]}`, person: person(index), roles, made_at: NOW, sample_passphrase: PASSPHRASE });
  const ROLES: readonly T.Role[] = ["expert", "secretary", "bureau"];
  const first = ROLES.find((role) => role === opened);
  if (first) open = desk([first], 0);
  const summary = (id: string): T.DossierSummary => {
    const view = CENTRE_VIEWS.find((one) => one.id === id) ?? CENTRE_VIEWS[0]!;
    const mine = drafts.get(view.id) ?? draft([]);
    const scored = mine.scores.filter((score) => score !== null).length;
    const total = mine.scores.reduce<number>((sum, score) => sum + (score ?? 0), 0);
    const state = mine.recused ? "recused" : mine.signed ? (mine.changed ? "changed" : "signed") : scored === 6 ? "complete" : scored ? "in_progress" : "untouched";
    const grade: T.Grade | null = scored < 6 ? null : total >= 9000 ? "excellent" : total >= 8000 ? "good" : total >= 7000 ? "qualified" : total >= 6000 ? "basically_qualified" : "unqualified";
    return { centre: view.id, centre_name: view.name, centre_short: view.short_name, host_name: view.host.name, state, scored, total, grade, evidence: mine.evidence.length, signed_seq: mine.signed, conflict_suggested: view.id === "c3" };
  };
  const expertRound = (): T.ExpertRound => ({
    round: ROUND, out_of_force_reason: null, chair: true, promised_at: promised ? NOW : null,
    promise_text: "本人承诺：\n一、独立、客观、公正地评审，不受任何单位和个人影响；\n二、对卷宗内容、评审过程和评审意见严格保密；\n三、与被评审中心有利害关系的，主动申请回避。",
    dossiers: CENTRE_VIEWS.map((view) => summary(view.id)),
  });
  const panelView = (): T.PanelView => {
    const compositions = CENTRE_VIEWS.map((_, index) => composition(index, members));
    const list: T.DeskErrorView[] = chair ? [] : [{ code: "PANEL_NO_CHAIR", params: {} }];
    return {
      round: ROUND, chair, term_from: "2025-11-01", term_to: "2028-10-31", compositions, problems: list, roster_version: 1,
      lawful: list.length === 0 && compositions.every((one) => one.violations.length === 0),
      candidates: PEOPLE.map((_, index) => ({ person: person(index), member: members.includes(index), host_of: CENTRE_VIEWS.filter((view) => view.host.name === person(index).unit.name).map((view) => view.short_name) })),
    };
  };
  const roundView = (): T.RoundView => ({ summary: ROUND, period: { from: "2022-01-01", to: "2024-12-31" }, rulebook: RULEBOOK.id, rulebook_title: RULEBOOK.title, out_of_force_reason: null, scheme: SCHEME, bureau_key_short: "kT7q 2mVx 9cPa 04Zd", bureau_key: "kT7q2mVx9cPa04ZdrN8wYb5sLe1uHf6jGo3tQi0xMzA", centres: [...CENTRE_VIEWS] });
  const draftView = (): T.DraftView => {
    const list: T.DeskErrorView[] = [];
    if (!scheme.confirmed) list.push({ code: "SCHEME_UNCONFIRMED", params: {} });
    if (centres.length === 0) list.push({ code: "ROUND_NO_CENTRES", params: {} });
    if (basics.held_on > RULEBOOK.last && !basics.out_of_force_reason) list.push({ code: "ROUND_OUT_OF_FORCE", params: { held_on: basics.held_on, from: RULEBOOK.from, last: RULEBOOK.last } });
    return {
      summary: { ...ROUND, id: "d1", title: basics.title, kind: basics.kind, status: "draft", held_on: basics.held_on, centres: centres.length, roster_version: 0, digest_short: "" },
      period: { from: basics.period_from, to: basics.period_to }, out_of_force_reason: basics.out_of_force_reason, in_force: basics.held_on > RULEBOOK.last ? "after" : "in_force",
      rulebook_from: RULEBOOK.from, rulebook_last: RULEBOOK.last, scheme, centres, problems: list,
    };
  };
  const collectView = (): T.CollectView => {
    const rows = PEOPLE.map((_, index): T.MatrixRow => ({
      person: person(index), chair: index === 0,
      cells: CENTRE_VIEWS.map((view, at) => {
        const absence = absences.find((one) => one.expert === `key-${index}` && one.centre === view.id);
        const state = absence ? "absent" : index === 6 && at === 2 ? "conflict" : index === 2 && at === 0 ? "recused" : (index + at * 3) % 10 === 9 ? "missing" : "scored";
        return { centre: view.id, state, seq: state === "scored" ? (index === 4 && at === 1 ? 2 : 1) : 0, reason: absence?.reason ?? (state === "recused" ? "同单位" : "") };
      }),
    }));
    const cells = rows.flatMap((row) => row.cells);
    return {
      round: ROUND, rows, settled: cells.filter((cell) => cell.state !== "missing" && cell.state !== "conflict").length, cells: cells.length, problems, findings,
      centres: CENTRE_VIEWS.map((_, at) => composition(at, MEMBERS.filter((index) => rows[index]?.cells[at]?.state === "scored"))),
    };
  };
  const signedResult = (): T.SignedResult => ({ digest_short: "7f3a 91c2 0be4 55d8", tree_short: "a19c 3e07 55d8 0be4", entries: 33, signatures, compiled_at: NOW });
  const compileView = (): T.CompileView => ({
    round: ROUND, grades: [...GRADES], problems: [], signed: signatures ? signedResult() : null,
    agreement: { icc: 0.87, icc_low: 0.71, icc_high: 0.95, kendall_w: 0.64, raters: 10, centres: 3 },
  });
  const resultView = (already: boolean): T.ResultView => ({
    digest: DIGEST, digest_short: "7f3a 91c2 0be4 55d8", tree_short: "a19c 3e07 55d8 0be4", tree_code: CODE, round: ROUND, file_name: "评审结果-示例轮次.hjresult", size: 4_403_200,
    checks: [...CHECKS], valid: true, filed: true, already_here: already, grades: [...GRADES], sheets: 30, recusals: 2, absences: 1, decisions,
  });
  let imported = true;
  const start = (): T.StartView => ({ version: "0.1.0", home: "D:\\衡鉴", desks: [], sample_desks: samples, open });
  const entry = (name: string, unit_name: string, role: T.Role): T.DeskEntry => ({ folder: `示例/${role}/${name}`, name, unit_name, roles: [role], sample: true });
  const report: T.ImportReport = { accepted: 3, already_here: 1, problems: [] };
  const later = <V>(value: V): Promise<V> => new Promise((resolve) => setTimeout(() => resolve(structuredClone(value)), 30));
  const refuse = (code: string, params: Record<string, string> = {}): Promise<never> => Promise.reject(new DeskError(code, params));

  return {
    pickFiles: (_, extensions) => later([`E:\\交换\\示例.${extensions[0] ?? "pdf"}`]),
    pickFolder: () => later("E:\\交换"),
    pickSave: (_, fileName) => later(`E:\\交换\\${fileName}`),
    onFileDrop: () => Promise.resolve(() => undefined),
    onProgress: (handler) => {
      listeners.add(handler);
      return Promise.resolve(() => void listeners.delete(handler));
    },

    startView: () => later(start()),
    createDesk: (input) => {
      fresh = true;
      open = { folder: "新", person: { ...person(0), name: input.name, unit: { name: input.unit.name, code: input.unit.code || null }, title: input.title }, roles: input.roles, made_at: NOW, sample_passphrase: null };
      return later(open);
    },
    openDesk: (_, passphrase) => (passphrase === PASSPHRASE ? later((open = desk(["expert"], 0))) : refuse("PASSPHRASE_WRONG")),
    recoverDesk: (_, key) => (key === RECOVERY_KEY ? later((open = desk(["expert"], 0))) : refuse("RECOVERY_KEY_WRONG")),
    takeRecoveryKey: () => {
      const key = fresh ? RECOVERY_KEY : null;
      fresh = false;
      return later(key);
    },
    renewRecoveryKey: (passphrase) => (passphrase === PASSPHRASE ? later(RECOVERY_KEY) : refuse("PASSPHRASE_WRONG")),
    changePassphrase: (old) => (old === PASSPHRASE ? later(null) : refuse("PASSPHRASE_WRONG")),
    lockDesk: () => {
      open = null;
      return later(null);
    },
    makeSample: async () => {
      const steps = ["identities", "round", "panel", "packs", "sheets", "result"];
      for (const [done, step] of steps.entries()) {
        for (const listener of listeners) listener({ step, done, total: steps.length });
        await later(null);
      }
      samples = [entry("晋中市科学技术局（示例）", "晋中市科学技术局（示例）", "bureau"), entry("李秘书", "评审组（示例）", "secretary"), ...PEOPLE.map(([name, unit]) => entry(name, unit, "expert"))];
      return later(start());
    },
    openSampleDesk: (folder) => {
      const role: T.Role = folder.includes("bureau") ? "bureau" : folder.includes("secretary") ? "secretary" : "expert";
      open = desk([role], 0);
      return later(open);
    },
    checkUnitCode: (code) => (code.length === 18 ? later(null) : refuse("UNIT_CODE_LENGTH", { length: String(code.length) })),

    rulebook: () => later(RULEBOOK),
    exportCard: (folder) => later(written(`${folder}\\名片-陈示范.hjcard`)),
    auditTrail: () => later([{ seq: 2, at: NOW, op: "score-saved", subject: "c1/organisation", digest_short: "4be2 91aa" }, { seq: 1, at: NOW, op: "identity-made", subject: "key-0", digest_short: "09c1 77f0" }]),
    checkDesk: () => later({ database_ok: true, audit_broken_at: null, audit_rows: 2, audit_head: "4be2 91aa", files: 4, damaged_files: 0, sqlite: "3.51.3" }),
    backup: (path) => later(written(path)),
    restore: () => later(entry("陈示范", "示例大学", "expert")),

    rounds: () => later(open?.roles.includes("bureau") ? [{ ...ROUND, status: "issued" }, draftView().summary] : [ROUND]),
    roundNew: (input) => {
      basics = input;
      centres = [];
      return later(draftView());
    },
    roundUpdate: (_, input) => {
      basics = input;
      return later(draftView());
    },
    draft: () => later(draftView()),
    setScheme: (_, next) => {
      if (next.maxima.reduce((sum, max) => sum + max, 0) !== 10000) return refuse("SCHEME_SUM", { sum: "?" });
      scheme = { ...next, confirmed: null };
      return later(draftView());
    },
    confirmScheme: (_, basis) => {
      scheme = { ...scheme, confirmed: { on: "2025-11-20", basis } };
      return later(draftView());
    },
    addCentre: (_, input) => {
      centres = [...centres, { ...CENTRE_VIEWS[0]!, id: `n${centres.length}`, name: input.name, host: { name: input.host.name, code: input.host.code || null }, facts: { ...FACTS, ...input.facts } }];
      return later(draftView());
    },
    updateCentre: () => later(draftView()),
    removeCentre: (_, centre) => {
      centres = centres.filter((one) => one.id !== centre);
      return later(draftView());
    },
    roundView: () => later(roundView()),
    issueRound: (_, folder) => later(written(`${folder}\\轮次-示例.hjround`)),
    readPanel: (path) => later({ path, round: ROUND, secretary: { ...person(1), name: "李秘书" }, members: members.map(person), chair, term_from: "2025-11-01", term_to: "2028-10-31", compositions: panelView().compositions, problems: [], next_version: 1 }),
    approvePanel: (_, folder) => later(written(`${folder}\\名册-示例-v1.hjroster`)),
    importResult: () => {
      const before = imported;
      imported = true;
      return later(resultView(before));
    },
    results: () => later(imported ? [resultView(true)] : []),
    decide: (_, centre, note) => {
      const grade = GRADES.find((one) => one.centre === centre);
      const made: T.DecisionView = { round: ROUND.id, round_title: ROUND.title, centre, centre_name: grade?.centre_name ?? "", grade: grade?.grade ?? null, consequence: grade?.consequence ?? null, note, at: NOW };
      decisions = [...decisions, made];
      return later(made);
    },
    register: () => later(GRADES.map((one) => ({ centre_name: one.centre_name, host_name: CENTRE_VIEWS.find((view) => view.id === one.centre)?.host.name ?? "", decisions: [{ round: ROUND.id, round_title: ROUND.title, centre: one.centre, centre_name: one.centre_name, grade: one.grade, consequence: one.consequence, note: "示例决定〔2025〕1 号", at: NOW }] }))),
    exportRegister: (path) => later(written(path)),
    deadlines: () => later([
      { kind: "annual_report", until: "2026-01-31", article: "第二十条", length: 0, readings: [], subject: "各中心", days_left: 72, problem: null },
      { kind: "public_notice", until: "2025-11-27", article: "第七条（五）", length: 5, readings: READINGS, subject: ROUND.title, days_left: 7, problem: null },
      { kind: "rectification", until: "2026-11-20", article: "第二十二条", length: 1, readings: [], subject: "晋中市药茶精深加工技术创新中心", days_left: 365, problem: null },
      { kind: "public_notice", until: "", article: "第七条（五）", length: 5, readings: READINGS, subject: "2027 年轮次", days_left: 0, problem: { code: "CALENDAR_OUTSIDE", params: { year: "2027" } } },
    ]),
    exportResultFiles: (_, folder) => later({ folder, files: [written(`${folder}\\汇总表.pdf`), written(`${folder}\\汇总表.xlsx`)], missing: "" }),

    previewRound: () => later(roundView()),
    importRound: () => later(roundView()),
    importCards: () => later(report),
    panel: () => later(panelView()),
    setPanel: (_, input) => {
      members = input.members.map((key) => Number(key.slice(4))).sort((a, b) => a - b);
      chair = input.chair;
      return later(panelView());
    },
    submitPanel: (_, folder) => later(written(`${folder}\\备案-示例.hjpanel`)),
    importRoster: () => later(ROUND),
    issuePacks: (_, folder) => later(written(`${folder}\\卷宗包-示例.hjpack`)),
    collect: () => {
      if (signatures === 1) signatures = 2;
      return later(report);
    },
    collectView: () => later(collectView()),
    recordAbsence: (_, expert, centre, reason) => {
      absences = [...absences, { expert, centre, reason }];
      return later(collectView());
    },
    recordFinding: (_, centre, kind, evidence) => {
      findings = [...findings, { id: findings.length + 1, centre, kind, evidence, recorded_at: NOW }];
      return later(collectView());
    },
    removeFinding: (_, id) => {
      findings = findings.filter((one) => one.id !== id);
      return later(collectView());
    },
    dismissProblem: (_, id) => {
      problems = problems.filter((one) => one.id !== id);
      return later(collectView());
    },
    compile: () => later(compileView()),
    signResult: () => {
      signatures = 1;
      return later(signedResult());
    },
    exportReceipts: (_, folder) => later({ folder, files: [written(`${folder}\\回执-示例.hjreceipt`)], missing: "" }),
    exportInclusions: (_, folder) => later({ folder, files: [written(`${folder}\\收录证明-示例.hjinclusion`)], missing: "" }),
    exportResult: (_, folder) => later({ folder, files: [written(`${folder}\\评审结果-示例.hjresult`), written(`${folder}\\汇总表-示例.pdf`), written(`${folder}\\汇总表-示例.xlsx`)], missing: "" }),

    previewPack: () => later(roundView()),
    importPack: () => later(expertRound()),
    expertRounds: () => later([expertRound()]),
    promise: () => {
      promised = true;
      return later(expertRound());
    },
    reviewView: (round, centre) => {
      const view = CENTRE_VIEWS.find((one) => one.id === centre);
      const mine = drafts.get(centre);
      if (!view || !mine) return refuse("NOT_FOUND", { what: "centre" });
      return later({
        round, round_title: ROUND.title, summary: summary(centre), centre: view, scheme: SCHEME,
        drafts: mine.scores.map((score, index) => ({ score, comment: mine.comments[index] ?? "" })), evidence: mine.evidence,
        recommended: mine.recommended, opinion: mine.opinion, locked: mine.recused ? "RECUSED" : null,
      });
    },
    document: (_, __, name) => later(fakePdf(`Dossier ${name.slice(0, 2)}`, 14)),
    saveDraft: (_, centre, change) => {
      const mine = drafts.get(centre);
      if (!mine) return refuse("NOT_FOUND", { what: "centre" });
      if (change.score) mine.scores[change.score.dimension] = change.score.score;
      else if (change.comment) mine.comments[change.comment.dimension] = change.comment.text;
      else if (change.opinion) mine.opinion = change.opinion.text;
      else if (change.recommended) mine.recommended = change.recommended.grade;
      else if (change.evidence) mine.evidence = [...change.evidence.pieces];
      mine.changed = mine.signed > 0;
      return later({ at: NOW, summary: summary(centre) });
    },
    recuse: (_, centre) => {
      const mine = drafts.get(centre);
      if (mine) Object.assign(mine, { recused: true, signed: 1 });
      return later(expertRound());
    },
    myScores: () => later(CENTRE_VIEWS.filter((view) => summary(view.id).scored > 0).map((view) => ({ summary: summary(view.id), scores: drafts.get(view.id)?.scores ?? [] }))),
    signView: () => later(signView()),
    sign: (_, chosen, passphrase) => {
      if (passphrase !== PASSPHRASE) return refuse("PASSPHRASE_WRONG");
      for (const centre of chosen) {
        const mine = drafts.get(centre);
        if (mine) Object.assign(mine, { signed: mine.signed + 1, changed: false });
      }
      return later(signView());
    },
    exportSheets: (_, folder) => later({ folder, files: [written(`${folder}\\评分表-陈示范-玛钢铸造.hjsheet`), written(`${folder}\\评分表-陈示范-玛钢铸造.pdf`)], missing: "" }),
    adoptSheets: () => later(report),
    readResult: (path) => later({ path, round: ROUND, grades: [...GRADES], checks: [...CHECKS], sound: true, signatures: 1 }),
    countersign: (_, folder) => later(written(`${folder}\\评审结果-示例.hjresult`)),
    checkMySheets: () =>
      later({
        kind: "inclusion", round_title: ROUND.title, code: CODE, root: CODE.replaceAll(" ", "").padEnd(64, "0"), files: 33, at: NOW,
        sheets: CENTRE_VIEWS.map((view, index) => ({ centre_name: view.name, verdict: index === 2 ? "missing" : "included", digest_short: "4be2 91aa 03d1 77c0" })),
      }),
  };

  function signView(): T.SignView {
    return {
      round: ROUND,
      lines: CENTRE_VIEWS.map((view) => {
        const mine = drafts.get(view.id);
        const missing = (mine?.scores ?? []).flatMap((score, index) => (score === null ? [["机构与体制建设", "研究水平与贡献", "科技成果转移转化与产业化", "创新服务数量及质量", "队伍建设与人才培养", "开放交流与运行管理"][index] ?? ""] : []));
        return {
          summary: summary(view.id), digest_short: mine?.signed ? "4be2 91aa 03d1 77c0" : "", signed_at: mine?.signed ? NOW : null,
          problems: mine?.recused ? [] : missing.map((dimension) => ({ code: "SCORE_MISSING", params: { dimension } })),
        };
      }),
    };
  }
}
