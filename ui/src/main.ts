import "element-plus/dist/index.css";
import "element-plus/theme-chalk/dark/css-vars.css";
import "./theme.css";
import { createApp } from "vue";
import App from "./App.vue";
import { i18n } from "./i18n";
import { applyPreferences } from "./preferences";
import { router } from "./router";
import { guard } from "./session";

applyPreferences();
if (import.meta.env.VITE_FAKE === "1") {
  const [{ installIpc }, { fake }] = await Promise.all([import("./ipc"), import("./ipc/fake")]);
  installIpc(fake(new URLSearchParams(location.search).get("desk")));
}
router.beforeEach(guard);
createApp(App).use(i18n).use(router).mount("#app");
