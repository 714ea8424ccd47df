import { reactive } from "vue";
import type { RouteLocationNormalized, RouteLocationRaw } from "vue-router";
import { ipc, type DeskView, type RoundSummary } from "@/ipc";
import type { DeskKind } from "@/router";

/** What is open in the window. */
export interface Session {
  /** The open desk; `null` before one is opened and after locking. */
  desk: DeskView | null;
  /** Which of its holder's desks is shown. */
  current: DeskKind;
  /** Rounds of the shown desk. */
  rounds: RoundSummary[];
  /** The round that pages work on. */
  round: RoundSummary | null;
  /** Whether the meeting display fills the whole window. */
  projecting: boolean;
  /** The recovery key of a desk that was just made, until it is on paper. */
  recoveryKey: string | null;
}

/** The session of this window; nothing of it outlives a lock. */
export const session = reactive<Session>({ desk: null, current: "expert", rounds: [], round: null, projecting: false, recoveryKey: null });

/** The first page of each desk. */
export const HOME: Record<DeskKind, string> = { expert: "/expert", secretary: "/secretary", bureau: "/bureau" };

/** Reads the rounds of the shown desk again and keeps the chosen one where it still is. */
export async function loadRounds(prefer?: string): Promise<void> {
  const rounds = session.current === "expert" ? (await ipc.expertRounds()).map((mine) => mine.round) : await ipc.rounds();
  const wanted = prefer ?? session.round?.id;
  session.rounds = rounds;
  session.round = rounds.find((round) => round.id === wanted) ?? rounds.at(-1) ?? null;
}

/** Takes an opened desk over and says where its work begins. */
export async function enterDesk(desk: DeskView): Promise<string> {
  // A sample has nothing to lose, and its passphrase stands beside it.
  const recoveryKey = await ipc.takeRecoveryKey();
  session.recoveryKey = desk.sample_passphrase === null ? recoveryKey : null;
  session.desk = desk;
  session.round = null;
  return showDesk(desk.roles[0] ?? "expert");
}

/** Shows one of the holder's desks. */
export async function showDesk(kind: DeskKind): Promise<string> {
  session.current = kind;
  await loadRounds();
  return HOME[kind];
}

function forget(): void {
  session.desk = null;
  session.rounds = [];
  session.round = null;
  session.projecting = false;
  session.recoveryKey = null;
}

/** The longest that locking waits for what is still to be saved, in milliseconds. */
const LAST_SAVE = 3000;
const unsaved = new Set<() => Promise<void>>();

/** Has this called before the desk locks, while it can still save; gives back how to stop that. */
export function beforeLock(save: () => Promise<void>): () => void {
  unsaved.add(save);
  return () => void unsaved.delete(save);
}

/**
 * Locks the desk: its keys leave the memory, and so does everything the screen held. What can be saved is saved first;
 * nothing keeps the screen from being cleared.
 */
export async function leaveDesk(): Promise<void> {
  const waiting = new Promise((done) => setTimeout(done, LAST_SAVE));
  await Promise.race([Promise.allSettled([...unsaved].map((save) => save())), waiting]);
  try {
    await ipc.lockDesk();
  } finally {
    forget();
  }
}

/** Lets a page open only on a desk that has it. */
export async function guard(to: RouteLocationNormalized): Promise<boolean | RouteLocationRaw> {
  if (!session.desk) {
    // After a reload of the window the desk is still open behind it.
    const { open } = await ipc.startView().catch(() => ({ open: null }));
    if (open) await enterDesk(open);
  }
  if (to.meta.open) return true;
  if (!session.desk) return "/start";
  const wanted = to.meta.desk;
  if (!wanted) return true;
  if (!session.desk.roles.includes(wanted)) return HOME[session.desk.roles[0] ?? "expert"];
  if (session.current !== wanted) await showDesk(wanted);
  return true;
}
