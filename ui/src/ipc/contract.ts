import type * as T from "./types";

/** One step of a long piece of work. */
export interface Progress {
  step: string;
  done: number;
  total: number;
}

/**
 * Everything that the screens may ask of the desk: the commands of the shell under their own names, and what the window
 * itself brings (dialogs, dropped files, progress). Every call rejects with a `DeskError`.
 */
export interface Ipc {
  pickFiles(title: string, extensions: string[]): Promise<string[]>;
  pickFolder(title: string): Promise<string | null>;
  pickSave(title: string, fileName: string): Promise<string | null>;
  /** Calls back with the paths of files dropped anywhere on the window, until the returned function is called. */
  onFileDrop(handler: (paths: string[]) => void): Promise<() => void>;
  /** Calls back with the progress of a long command, until the returned function is called. */
  onProgress(handler: (progress: Progress) => void): Promise<() => void>;

  startView(): Promise<T.StartView>;
  createDesk(desk: T.NewDesk): Promise<T.DeskView>;
  openDesk(folder: string, passphrase: string): Promise<T.DeskView>;
  lockDesk(): Promise<null>;
  makeSample(): Promise<T.StartView>;
  openSampleDesk(folder: string): Promise<T.DeskView>;
  checkUnitCode(code: string): Promise<null>;

  rulebook(): Promise<T.RulebookView>;
  exportCard(folder: string): Promise<T.Written>;
  auditTrail(limit: number): Promise<T.AuditView[]>;
  checkDesk(): Promise<T.DeskCheck>;
  backup(path: string): Promise<T.Written>;
  restore(backupPath: string): Promise<T.DeskEntry>;

  rounds(): Promise<T.RoundSummary[]>;
  roundNew(input: T.RoundInput): Promise<T.DraftView>;
  roundUpdate(round: string, input: T.RoundInput): Promise<T.DraftView>;
  draft(round: string): Promise<T.DraftView>;
  setScheme(round: string, scheme: T.Scheme): Promise<T.DraftView>;
  confirmScheme(round: string, basis: string): Promise<T.DraftView>;
  addCentre(round: string, input: T.CentreInput, folder: string): Promise<T.DraftView>;
  updateCentre(round: string, centre: string, input: T.CentreInput): Promise<T.DraftView>;
  removeCentre(round: string, centre: string): Promise<T.DraftView>;
  roundView(round: string): Promise<T.RoundView>;
  issueRound(round: string, folder: string, passphrase: string): Promise<T.Written>;
  readPanel(path: string): Promise<T.PanelFiling>;
  approvePanel(path: string, folder: string, passphrase: string): Promise<T.Written>;
  importResult(path: string): Promise<T.ResultView>;
  results(): Promise<T.ResultView[]>;
  decide(resultDigest: string, centre: string, note: string): Promise<T.DecisionView>;
  register(): Promise<T.RegisterRow[]>;
  exportRegister(path: string): Promise<T.Written>;
  deadlines(): Promise<T.DeadlineView[]>;
  exportResultFiles(resultDigest: string, folder: string): Promise<T.Exported>;

  previewRound(path: string): Promise<T.RoundView>;
  importRound(path: string): Promise<T.RoundView>;
  importCards(paths: string[]): Promise<T.ImportReport>;
  panel(round: string): Promise<T.PanelView>;
  setPanel(round: string, input: T.PanelInput): Promise<T.PanelView>;
  submitPanel(round: string, folder: string, passphrase: string): Promise<T.Written>;
  importRoster(path: string): Promise<T.RoundSummary>;
  issuePacks(round: string, folder: string, passphrase: string): Promise<T.Written>;
  collect(round: string, paths: string[]): Promise<T.ImportReport>;
  collectView(round: string): Promise<T.CollectView>;
  recordAbsence(round: string, expert: string, centre: string, reason: string, passphrase: string): Promise<T.CollectView>;
  recordFinding(round: string, centre: string, kind: T.FindingKind, evidence: string): Promise<T.CollectView>;
  removeFinding(round: string, id: number): Promise<T.CollectView>;
  dismissProblem(round: string, id: number): Promise<T.CollectView>;
  compile(round: string): Promise<T.CompileView>;
  signResult(round: string, passphrase: string): Promise<T.SignedResult>;
  exportResult(round: string, folder: string): Promise<T.Exported>;

  previewPack(path: string): Promise<T.RoundView>;
  importPack(path: string): Promise<T.ExpertRound>;
  expertRounds(): Promise<T.ExpertRound[]>;
  promise(round: string): Promise<T.ExpertRound>;
  reviewView(round: string, centre: string): Promise<T.ReviewView>;
  document(round: string, centre: string, name: string): Promise<Uint8Array>;
  saveDraft(round: string, centre: string, change: T.DraftChange): Promise<T.Saved>;
  recuse(round: string, centre: string, input: T.RecusalInput, passphrase: string): Promise<T.ExpertRound>;
  myScores(round: string): Promise<T.ScoreRow[]>;
  signView(round: string): Promise<T.SignView>;
  sign(round: string, centres: string[], passphrase: string): Promise<T.SignView>;
  exportSheets(round: string, folder: string): Promise<T.Exported>;
  readResult(path: string): Promise<T.CountersignView>;
  countersign(path: string, folder: string, passphrase: string): Promise<T.Written>;
  checkMySheets(path: string): Promise<T.MySheetCheck[]>;
}
