/// <reference types="vite/client" />

interface ImportMetaEnv {
  /** "1" runs the pages in a plain browser, on the in-memory sample meeting. */
  readonly VITE_FAKE?: string;
}

declare module "*.vue" {
  import type { DefineComponent } from "vue";
  const component: DefineComponent<object, object, unknown>;
  export default component;
}
