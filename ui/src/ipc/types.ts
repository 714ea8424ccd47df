/** A day as `YYYY-MM-DD`. */
export type Day = string;
export type Role = "expert" | "secretary" | "bureau";
export type Grade = "excellent" | "good" | "qualified" | "basically_qualified" | "unqualified";
export type Dimension = "organisation" | "research" | "transfer" | "service" | "team" | "openness";
export type Method = "mean" | "median" | "trimmed_mean";
export type Rounding = "half_up" | "half_even" | "down";
export type RoundKind = "evaluation" | "establishment";
export type ConflictKind = "same_unit" | "family" | "cooperation" | "interest" | "other";
export type FindingKind = "absent_without_reason" | "false_material" | "interference";
export type Consequence = { next_evaluation: { year: number } } | { rectification: { until: Day } } | "revocation";
export type Violation =
  | { too_few: { members: number; required: number } }
  | { too_many_from_host: { members: number; host: number; allowed: number } };
export interface Unit { name: string; code: string | null }
export interface Period { from: Day; to: Day }
export interface Evidence { dimension: Dimension; document: string; page: number }
export interface Bands { excellent: number; good: number; qualified: number; basically_qualified: number }
export interface Confirmation { on: Day; basis: string }
export interface Scheme {
  maxima: [number, number, number, number, number, number];
  step: number;
  bands: Bands;
  method: Method;
  rounding: Rounding;
  confirmed: Confirmation | null;
}
export interface Facts {
  applicants: number | null;
  applied_on: Day | null;
  agreement_until: Day | null;
  area_m2: number | null;
  equipment_yuan: number | null;
  partner_equipment_yuan: number | null;
  director_age: number | null;
  director_senior: boolean | null;
  director_full_time: boolean | null;
  staff: number | null;
  staff_master_or_senior: number | null;
  staff_young: number | null;
  rd_yuan: number | null;
  host_rd_yuan: number | null;
}
export type DraftChange =
  | { score: { dimension: number; score: number | null } }
  | { comment: { dimension: number; text: string } }
  | { opinion: { text: string } }
  | { recommended: { grade: Grade | null } }
  | { evidence: { pieces: Evidence[] } };
/** An error as it crosses from the desk. */
export interface DeskErrorView { code: string; params: Record<string, string> }
/** A unit as typed; an empty code means "not known". Checked by the desk, so that the screen gets a typed error. */
export interface UnitInput {
  name: string;
  code: string;
}
/** A person with a key. */
export interface PersonView {
  key: string;
  key_short: string;
  name: string;
  unit: Unit;
  title: string;
}
/** A desk folder as the start page lists it, without opening it. */
export interface DeskEntry {
  folder: string;
  name: string;
  unit_name: string;
  roles: Role[];
  sample: boolean;
}
/** The state of the application before a desk is open. */
export interface StartView {
  version: string;
  home: string;
  desks: DeskEntry[];
  sample_desks: DeskEntry[];
  open: DeskView | null;
}
/** What a new identity needs. */
export interface NewDesk {
  roles: Role[];
  name: string;
  unit: UnitInput;
  title: string;
  passphrase: string;
}
/** The open desk. */
export interface DeskView {
  folder: string;
  person: PersonView;
  roles: Role[];
  made_at: string;
  sample_passphrase: string | null;
}
/** A round in a list. */
export interface RoundSummary {
  id: string;
  title: string;
  kind: RoundKind;
  status: string;
  held_on: string;
  centres: number;
  roster_version: number;
  digest_short: string;
  bureau: string;
}
/** A round as read. */
export interface RoundView {
  summary: RoundSummary;
  period: Period;
  rulebook: string;
  rulebook_title: string;
  out_of_force_reason: string | null;
  scheme: Scheme;
  bureau_key_short: string;
  centres: CentreView[];
}
/** A centre and its dossier. */
export interface CentreView {
  id: string;
  name: string;
  short_name: string;
  host: Unit;
  partners: Unit[];
  previous_grade: Grade | null;
  documents: DocumentView[];
  facts: Facts;
  conditions: ConditionView[];
  name_lawful: boolean;
}
/** One document. */
export interface DocumentView {
  name: string;
  size: number;
  kind: string;
}
/** One line of the checklist of Article 8: advice, never a score. */
export interface ConditionView {
  key: string;
  article: string;
  text: string;
  stated: string;
  verdict: string;
}
/** Article 11 for one centre. */
export interface CompositionView {
  centre: string;
  centre_name: string;
  centre_short: string;
  members: number;
  host: number;
  host_names: string[];
  by_name_only: string[];
  violations: Violation[];
  article: string;
}
/** A file that a call wrote. */
export interface Written {
  path: string;
  size: number;
  digest: string;
}
/** How a centre came out. */
export interface GradeView {
  centre: string;
  centre_name: string;
  centre_short: string;
  status: string;
  score: number | null;
  by_score: Grade | null;
  grade: Grade | null;
  consequence: Consequence | null;
  totals: MemberTotal[];
  lowest: number | null;
  highest: number | null;
  sensitive_to: Sensitivity[];
  findings: FindingView[];
  composition: CompositionView;
}
/** One expert's total. */
export interface MemberTotal {
  key: string;
  name: string;
  from_host: boolean;
  total: number;
  scores: number[];
}
/** A change that would alter the grade; shown, never applied. */
export interface Sensitivity {
  kind: string;
  what: string;
  grade: Grade;
}
/** A finding under Article 22. */
export interface FindingView {
  id: number;
  centre: string;
  kind: string;
  evidence: string;
  recorded_at: string;
}
/** One numbered check of a verification. */
export interface CheckView {
  number: number;
  key: string;
  passed: boolean | null;
  figures: Record<string, string>;
  problems: DeskErrorView[];
}
/** One line of the audit trail. */
export interface AuditView {
  seq: number;
  at: string;
  op: string;
  subject: string;
  digest_short: string;
}
/** The state of the desk folder. */
export interface DeskCheck {
  database_ok: boolean;
  audit_broken_at: number | null;
  audit_rows: number;
  audit_head: string;
  files: number;
  damaged_files: number;
  sqlite: string;
}
/** The rulebook in force, for the about page and the wizard. */
export interface RulebookView {
  id: string;
  title: string;
  number: string;
  from: string;
  last: string;
  digest: string;
  rules: RuleView[];
}
/** One rule of the rulebook. */
export interface RuleView {
  article: string;
  key: string;
  value: string;
  quote: string;
  unconfirmed: boolean;
}
/** What the wizard's first pages give. */
export interface RoundInput {
  title: string;
  kind: RoundKind;
  held_on: string;
  period_from: string;
  period_to: string;
  out_of_force_reason: string;
}
/** A round in preparation. */
export interface DraftView {
  summary: RoundSummary;
  period: Period;
  out_of_force_reason: string;
  in_force: string;
  rulebook_from: string;
  rulebook_last: string;
  scheme: Scheme;
  centres: CentreView[];
  problems: DeskErrorView[];
}
/** A centre to add or change. */
export interface CentreInput {
  name: string;
  host: UnitInput;
  partners: UnitInput[];
  previous_grade: Grade | null;
  facts: Facts;
}
/** A panel file as the bureau sees it before approving. */
export interface PanelFiling {
  path: string;
  round: RoundSummary;
  secretary: PersonView;
  members: PersonView[];
  chair: string;
  term_from: string;
  term_to: string;
  compositions: CompositionView[];
  problems: DeskErrorView[];
  next_version: number;
}
/** The bureau's view of a result file. */
export interface ResultView {
  digest: string;
  digest_short: string;
  tree_short: string;
  round: RoundSummary;
  file_name: string;
  size: number;
  checks: CheckView[];
  valid: boolean;
  filed: boolean;
  already_here: boolean;
  grades: GradeView[];
  sheets: number;
  recusals: number;
  absences: number;
  decisions: DecisionView[];
}
/** A decision of the bureau on one centre. */
export interface DecisionView {
  round: string;
  round_title: string;
  centre: string;
  centre_name: string;
  grade: Grade | null;
  consequence: Consequence | null;
  note: string;
  at: string;
}
/** A centre over the years. */
export interface RegisterRow {
  centre_name: string;
  host_name: string;
  decisions: DecisionView[];
}
/** One deadline. */
export interface DeadlineView {
  kind: string;
  until: string;
  article: string;
  subject: string;
  days_left: number;
  problem: DeskErrorView | null;
}
/** The panel page: who could be a member, who is, and what Article 11 says to it. */
export interface PanelView {
  round: RoundSummary;
  candidates: Candidate[];
  chair: string;
  term_from: string;
  term_to: string;
  compositions: CompositionView[];
  problems: DeskErrorView[];
  lawful: boolean;
  roster_version: number;
}
/** A person who could be a member. */
export interface Candidate {
  person: PersonView;
  member: boolean;
  host_of: string[];
}
/** The panel as chosen on the screen. */
export interface PanelInput {
  members: string[];
  chair: string;
  term_from: string;
  term_to: string;
}
/** What an import of several files did; what was refused does not stop the rest. */
export interface ImportReport {
  accepted: number;
  already_here: number;
  problems: ProblemFile[];
}
/** A file that needs the secretary's attention. */
export interface ProblemFile {
  id: number;
  file_name: string;
  error: DeskErrorView;
  quarantined: boolean;
  at: string;
}
/** The matrix of experts and centres. */
export interface CollectView {
  round: RoundSummary;
  centres: CompositionView[];
  rows: MatrixRow[];
  settled: number;
  cells: number;
  problems: ProblemFile[];
  findings: FindingView[];
}
/** One expert's row. */
export interface MatrixRow {
  person: PersonView;
  chair: boolean;
  cells: MatrixCell[];
}
/** One cell. */
export interface MatrixCell {
  centre: string;
  state: string;
  seq: number;
  reason: string;
}
/** The compile page. */
export interface CompileView {
  round: RoundSummary;
  grades: GradeView[];
  problems: DeskErrorView[];
  agreement: AgreementView | null;
  signed: SignedResult | null;
}
/** Agreement among experts; shown, never used. */
export interface AgreementView {
  icc: number | null;
  icc_low: number | null;
  icc_high: number | null;
  kendall_w: number | null;
  raters: number;
  centres: number;
}
/** A signed result. */
export interface SignedResult {
  digest_short: string;
  tree_short: string;
  entries: number;
  signatures: number;
  compiled_at: string;
}
/** What the expert has to do in a round. */
export interface ExpertRound {
  round: RoundSummary;
  out_of_force_reason: string | null;
  chair: boolean;
  promised_at: string | null;
  promise_text: string;
  dossiers: DossierSummary[];
}
/** One dossier in the list. */
export interface DossierSummary {
  centre: string;
  centre_name: string;
  centre_short: string;
  host_name: string;
  state: string;
  scored: number;
  total: number;
  grade: Grade | null;
  evidence: number;
  signed_seq: number;
  conflict_suggested: boolean;
}
/** Everything that the review page shows of one dossier. */
export interface ReviewView {
  round: string;
  round_title: string;
  summary: DossierSummary;
  centre: CentreView;
  scheme: Scheme;
  drafts: DraftScore[];
  evidence: Evidence[];
  recommended: Grade | null;
  opinion: string;
  locked: string | null;
}
/** A draft of one dimension. */
export interface DraftScore {
  score: number | null;
  comment: string;
}
/** What a save gives back: only then may the screen say 已保存. */
export interface Saved {
  at: string;
  summary: DossierSummary;
}
/** A conflict of interest to declare. */
export interface RecusalInput {
  kind: ConflictKind;
  reason: string;
}
/** Side by side: all my dossiers that have any score. */
export interface ScoreRow {
  summary: DossierSummary;
  scores: (number | null)[];
}
/** What signing needs and lacks. */
export interface SignView {
  round: RoundSummary;
  lines: SignLine[];
}
/** One dossier before signing. */
export interface SignLine {
  summary: DossierSummary;
  problems: DeskErrorView[];
  digest_short: string;
  signed_at: string | null;
}
/** What an export wrote and read back. */
export interface Exported {
  folder: string;
  files: Written[];
}
/** A result as its chair sees it before signing. */
export interface CountersignView {
  path: string;
  round: RoundSummary;
  grades: GradeView[];
  checks: CheckView[];
  sound: boolean;
  signatures: number;
}
/** Whether my own sheets are in a result, unaltered. */
export interface MySheetCheck {
  centre_name: string;
  verdict: string;
  digest_short: string;
}
