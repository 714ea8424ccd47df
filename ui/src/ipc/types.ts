/** The types of the commands, as generated from the desk's own. */
export type * from "./bindings";
/** An error as it crosses from the desk; thrown, it is the class of the same name. */
export type { DeskError as DeskErrorView } from "./bindings";
