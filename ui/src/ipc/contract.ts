import type { commands, Progress } from "./bindings";

/** What the window itself brings, beside the desk's commands. */
export interface WindowPart {
  /** The bytes of one document of a dossier. */
  document(round: string, centre: string, name: string): Promise<Uint8Array>;
  /** Calls back with the paths of files dropped anywhere on the window, until the returned function is called. */
  onFileDrop(handler: (paths: string[]) => void): Promise<() => void>;
  /** Calls back with the progress of a long command, until the returned function is called. */
  onProgress(handler: (progress: Progress) => void): Promise<() => void>;
}

/** Everything that the screens may ask for. Every call rejects with a `DeskError`. */
export type Ipc = typeof commands & WindowPart;
