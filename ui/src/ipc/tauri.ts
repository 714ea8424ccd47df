import { invoke, type InvokeArgs } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import { getCurrentWebview } from "@tauri-apps/api/webview";
import type { Ipc, Progress } from "./contract";
import { asDeskError, DeskError } from "./error";

function isView(thrown: unknown): thrown is { code: string; params: Record<string, string> } {
  return typeof thrown === "object" && thrown !== null && "code" in thrown && typeof thrown.code === "string";
}

async function call<T>(command: string, args: InvokeArgs = {}): Promise<T> {
  try {
    return await invoke<T>(command, args);
  } catch (thrown) {
    throw isView(thrown) ? new DeskError(thrown.code, thrown.params) : asDeskError(thrown);
  }
}

/** The shell's commands. */
export const tauri: Ipc = {
  pickFiles: (title, extensions) => call("pick_files", { title, extensions }),
  pickFolder: (title) => call("pick_folder", { title }),
  pickSave: (title, fileName) => call("pick_save", { title, fileName }),
  onFileDrop: (handler) =>
    getCurrentWebview().onDragDropEvent((event) => {
      if (event.payload.type === "drop") handler(event.payload.paths);
    }),
  onProgress: (handler) => listen<Progress>("progress", (event) => handler(event.payload)),

  startView: () => call("start_view"),
  createDesk: (desk) => call("create_desk", { desk }),
  openDesk: (folder, passphrase) => call("open_desk", { folder, passphrase }),
  lockDesk: () => call("lock_desk"),
  makeSample: () => call("make_sample"),
  openSampleDesk: (folder) => call("open_sample_desk", { folder }),
  checkUnitCode: (code) => call("check_unit_code", { code }),

  rulebook: () => call("rulebook"),
  exportCard: (folder) => call("export_card", { folder }),
  auditTrail: (limit) => call("audit_trail", { limit }),
  checkDesk: () => call("check_desk"),
  backup: (path) => call("backup", { path }),
  restore: (backupPath) => call("restore", { backupPath }),

  rounds: () => call("rounds"),
  roundNew: (input) => call("round_new", { input }),
  roundUpdate: (round, input) => call("round_update", { round, input }),
  draft: (round) => call("draft", { round }),
  setScheme: (round, scheme) => call("set_scheme", { round, scheme }),
  confirmScheme: (round, basis) => call("confirm_scheme", { round, basis }),
  addCentre: (round, input, folder) => call("add_centre", { round, input, folder }),
  updateCentre: (round, centre, input) => call("update_centre", { round, centre, input }),
  removeCentre: (round, centre) => call("remove_centre", { round, centre }),
  roundView: (round) => call("round_view", { round }),
  issueRound: (round, folder, passphrase) => call("issue_round", { round, folder, passphrase }),
  readPanel: (path) => call("read_panel", { path }),
  approvePanel: (path, folder, passphrase) => call("approve_panel", { path, folder, passphrase }),
  importResult: (path) => call("import_result", { path }),
  results: () => call("results"),
  decide: (resultDigest, centre, note) => call("decide", { resultDigest, centre, note }),
  register: () => call("register"),
  exportRegister: (path) => call("export_register", { path }),
  deadlines: () => call("deadlines"),
  exportResultFiles: (resultDigest, folder) => call("export_result_files", { resultDigest, folder }),

  previewRound: (path) => call("preview_round", { path }),
  importRound: (path) => call("import_round", { path }),
  importCards: (paths) => call("import_cards", { paths }),
  panel: (round) => call("panel", { round }),
  setPanel: (round, input) => call("set_panel", { round, input }),
  submitPanel: (round, folder, passphrase) => call("submit_panel", { round, folder, passphrase }),
  importRoster: (path) => call("import_roster", { path }),
  issuePacks: (round, folder, passphrase) => call("issue_packs", { round, folder, passphrase }),
  collect: (round, paths) => call("collect", { round, paths }),
  collectView: (round) => call("collect_view", { round }),
  recordAbsence: (round, expert, centre, reason, passphrase) => call("record_absence", { round, expert, centre, reason, passphrase }),
  recordFinding: (round, centre, kind, evidence) => call("record_finding", { round, centre, kind, evidence }),
  removeFinding: (round, id) => call("remove_finding", { round, id }),
  dismissProblem: (round, id) => call("dismiss_problem", { round, id }),
  compile: (round) => call("compile", { round }),
  signResult: (round, passphrase) => call("sign_result", { round, passphrase }),
  exportResult: (round, folder) => call("export_result", { round, folder }),

  previewPack: (path) => call("preview_pack", { path }),
  importPack: (path) => call("import_pack", { path }),
  expertRounds: () => call("expert_rounds"),
  promise: (round) => call("promise", { round }),
  reviewView: (round, centre) => call("review_view", { round, centre }),
  document: async (round, centre, name) => new Uint8Array(await call<ArrayBuffer>("document", { round, centre, name })),
  saveDraft: (round, centre, change) => call("save_draft", { round, centre, change }),
  recuse: (round, centre, input, passphrase) => call("recuse", { round, centre, input, passphrase }),
  myScores: (round) => call("my_scores", { round }),
  signView: (round) => call("sign_view", { round }),
  sign: (round, centres, passphrase) => call("sign", { round, centres, passphrase }),
  exportSheets: (round, folder) => call("export_sheets", { round, folder }),
  readResult: (path) => call("read_result", { path }),
  countersign: (path, folder, passphrase) => call("countersign", { path, folder, passphrase }),
  checkMySheets: (path) => call("check_my_sheets", { path }),
};
