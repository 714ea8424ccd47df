/** What a message may name: ids and figures, never more. */
export type ErrorParams = Record<string, string | number>;

/** A refusal or failure of the desk: a stable code and its figures. The words stand in `locales/<language>/errors.json`. */
export class DeskError extends Error {
  /** Stable code, the key of the words. */
  readonly code: string;
  /** Ids and figures for the placeholders. */
  readonly params: ErrorParams;

  constructor(code: string, params: ErrorParams = {}) {
    super(code);
    this.name = "DeskError";
    this.code = code;
    this.params = params;
  }
}

/** Any thrown thing as a desk error; what the desk did not say itself becomes `UNEXPECTED`. */
export function asDeskError(thrown: unknown): DeskError {
  if (thrown instanceof DeskError) return thrown;
  return new DeskError("UNEXPECTED", { detail: thrown instanceof Error ? thrown.message : String(thrown) });
}
