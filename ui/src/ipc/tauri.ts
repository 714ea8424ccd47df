import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import { getCurrentWebview } from "@tauri-apps/api/webview";
import { commands, type Progress } from "./bindings";
import type { Ipc, WindowPart } from "./contract";
import { asDeskError, DeskError } from "./error";

function isView(thrown: unknown): thrown is { code: string; params: Record<string, string> } {
  return typeof thrown === "object" && thrown !== null && "code" in thrown && typeof thrown.code === "string";
}

/** What the shell rejects with is plain data; the pages get the class. */
async function guarded<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (thrown) {
    throw isView(thrown) ? new DeskError(thrown.code, thrown.params) : asDeskError(thrown);
  }
}

const guardedCommands = new Proxy(commands, {
  get(target, name) {
    const command: unknown = Reflect.get(target, name);
    if (typeof command !== "function") return command;
    return (...args: unknown[]) => guarded(Promise.resolve(Reflect.apply(command, undefined, args)));
  },
});

const windowPart: WindowPart = {
  // Raw bytes do not go through the generated bindings: they would become a JSON list of numbers.
  document: async (round, centre, name) => new Uint8Array(await guarded(invoke<ArrayBuffer>("document", { round, centre, name }))),
  onFileDrop: (handler) =>
    getCurrentWebview().onDragDropEvent((event) => {
      if (event.payload.type === "drop") handler(event.payload.paths);
    }),
  onProgress: (handler) => listen<Progress>("progress", (event) => handler(event.payload)),
};

/** The shell behind the window. */
export const tauri: Ipc = new Proxy({ ...commands, ...windowPart }, {
  get: (_, name) => Reflect.get(name in windowPart ? windowPart : guardedCommands, name),
});
