/**
 * The only folder that knows what hosts the window. Pages speak to `ipc` and know neither Tauri nor how bytes travel; a
 * test or a plain browser puts the in-memory desk of `fake.ts` in its place.
 */
import type { Ipc } from "./contract";
import { tauri } from "./tauri";

let chosen: Ipc = tauri;

/** Puts another implementation in place of the shell. */
export function installIpc(other: Ipc): void {
  chosen = other;
}

/** The desk, as the screens see it. */
export const ipc: Ipc = new Proxy(tauri, {
  get: (_, name: string) => Reflect.get(chosen, name),
});

export type { Ipc } from "./contract";
export type * from "./types";
export { asDeskError, DeskError } from "./error";
