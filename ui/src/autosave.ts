import { computed, reactive, type ComputedRef } from "vue";
import { asDeskError, type DeskError } from "@/ipc/error";

/** What the screen may honestly say about the values typed into it. */
export type SaveState =
  | { kind: "idle" }
  | { kind: "saving" }
  | { kind: "saved"; at: Date }
  | { kind: "failed"; error: DeskError };

interface Slot {
  wanted: (() => Promise<void>) | null;
  running: boolean;
  error: DeskError | null;
  /** Why the newest value cannot be saved as it is. */
  refused: DeskError | null;
  timer: ReturnType<typeof setTimeout> | undefined;
}

/** Saves values under names, one write per name at a time, the newest last. */
export interface Autosave {
  /** The one state of all names: a failure outranks a write under way, which outranks what is saved. */
  readonly state: ComputedRef<SaveState>;
  /** Save under this name, after `delay` milliseconds without another value for it. */
  put(name: string, write: () => Promise<void>, delay?: number): void;
  /** The value now under this name cannot be saved as it is; nothing of it is written until another one is put. */
  refuse(name: string, error: DeskError): void;
  /** Forget what could not be saved. */
  drop(): void;
  /** Write whatever waits, now; resolves when nothing is under way. */
  flush(): Promise<void>;
  /** Try the failed writes again. */
  retry(): Promise<void>;
}

/**
 * Autosave that never says more than it knows: "saved" appears only after the desk has returned from its commit, and a
 * value whose write failed is kept and can be tried again.
 *
 * @param now the clock, passed in so that tests have their own
 */
export function useAutosave(now: () => Date = () => new Date()): Autosave {
  const slots = reactive(new Map<string, Slot>());
  const saved = reactive<{ at: Date | null }>({ at: null });
  const running = new Map<string, Promise<void>>();

  async function work(name: string): Promise<void> {
    const slot = slots.get(name);
    if (!slot || slot.running) return;
    slot.running = true;
    try {
      while (slot.wanted) {
        const write = slot.wanted;
        slot.wanted = null;
        try {
          await write();
          slot.error = null;
          saved.at = now();
        } catch (thrown) {
          slot.error = asDeskError(thrown);
          // A newer value is tried anyway; otherwise this one waits for a retry.
          slot.wanted ??= write;
          if (slot.wanted === write) break;
        }
      }
    } finally {
      slot.running = false;
    }
  }

  function start(name: string): Promise<void> {
    const under = running.get(name);
    if (under) return under;
    const next = work(name).finally(() => running.delete(name));
    running.set(name, next);
    return next;
  }

  /** The slot of a name, with nothing waiting in it. */
  function emptied(name: string): Slot | undefined {
    if (!slots.has(name)) slots.set(name, { wanted: null, running: false, error: null, refused: null, timer: undefined });
    const slot = slots.get(name);
    if (!slot) return undefined;
    clearTimeout(slot.timer);
    return Object.assign(slot, { wanted: null, error: null, refused: null, timer: undefined });
  }

  function put(name: string, write: () => Promise<void>, delay = 0): void {
    const slot = emptied(name);
    if (!slot) return;
    slot.wanted = write;
    if (delay <= 0) void start(name);
    else slot.timer = setTimeout(() => void start(name), delay);
  }

  function refuse(name: string, error: DeskError): void {
    const slot = emptied(name);
    if (slot) slot.refused = error;
  }

  function drop(): void {
    for (const name of slots.keys()) emptied(name);
  }

  async function flush(): Promise<void> {
    for (const [name, slot] of slots) {
      clearTimeout(slot.timer);
      slot.timer = undefined;
      if (slot.wanted && !slot.error) void start(name);
    }
    await Promise.all([...running.values()]);
  }

  async function retry(): Promise<void> {
    for (const slot of slots.values()) slot.error = null;
    await flush();
  }

  const state = computed<SaveState>(() => {
    const all = [...slots.values()];
    const failed = all.find((slot) => slot.error)?.error ?? all.find((slot) => slot.refused)?.refused;
    if (failed) return { kind: "failed", error: failed };
    if (all.some((slot) => slot.running || slot.wanted)) return { kind: "saving" };
    return saved.at ? { kind: "saved", at: saved.at } : { kind: "idle" };
  });

  return { state, put, refuse, drop, flush, retry };
}
