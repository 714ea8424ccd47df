import { ref, toRaw } from "vue";
import type { DeskError } from "@/ipc/error";

// How many steps have succeeded in this window, and how many had when an error came.
const successes = ref(0);
const before = new WeakMap<DeskError, number>();

/** A step went through: whatever failed before it is past. */
export function succeeded(): void {
  successes.value += 1;
}

/** A step failed with this error just now. */
export function failed(error: DeskError): void {
  before.set(toRaw(error), successes.value);
}

/** Whether something has gone through since this error came; an error that no step gave is never past. */
export function past(error: unknown): boolean {
  if (typeof error !== "object" || error === null) return false;
  const at = before.get(toRaw(error) as DeskError);
  return at !== undefined && successes.value > at;
}
