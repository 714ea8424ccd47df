import { createRouter, createWebHashHistory, type RouteRecordRaw } from "vue-router";

/** Whose page it is; `null` belongs to every desk. */
export type DeskKind = "expert" | "secretary" | "bureau";
/** The three desks in the order of a meeting's documents. */
export const DESKS: readonly DeskKind[] = ["expert", "secretary", "bureau"];

declare module "vue-router" {
  interface RouteMeta {
    desk: DeskKind | null;
    /** Key of the page's name under `nav`. */
    title?: string;
    /** Shown without an opened desk. */
    open?: boolean;
  }
}

/** The pages of each desk in the order of the work. */
export const DESK_PAGES: Record<DeskKind, readonly { name: string; path: string; nav: boolean }[]> = {
  expert: [
    { name: "dossiers", path: "/expert", nav: true },
    { name: "scores", path: "/expert/scores", nav: true },
    { name: "sign", path: "/expert/sign", nav: true },
    { name: "countersign", path: "/expert/countersign", nav: true },
    { name: "check", path: "/expert/check", nav: true },
  ],
  secretary: [
    { name: "round", path: "/secretary", nav: true },
    { name: "handout", path: "/secretary/handout", nav: true },
    { name: "collect", path: "/secretary/collect", nav: true },
    { name: "compile", path: "/secretary/compile", nav: true },
    { name: "display", path: "/secretary/display", nav: true },
    { name: "sign", path: "/secretary/sign", nav: true },
  ],
  bureau: [
    { name: "rounds", path: "/bureau", nav: true },
    { name: "panels", path: "/bureau/panels", nav: true },
    { name: "results", path: "/bureau/results", nav: true },
    { name: "register", path: "/bureau/register", nav: true },
    { name: "deadlines", path: "/bureau/deadlines", nav: true },
  ],
};
/** The pages that every desk has. */
export const COMMON_PAGES = ["identity", "settings", "backup", "audit", "about"] as const;

const views = import.meta.glob<{ default: object }>("./pages/*/*/index.vue");
function view(folder: string) {
  const load = views[`./pages/${folder}/index.vue`];
  if (!load) throw new Error(`no page ${folder}`);
  return load;
}

const routes: RouteRecordRaw[] = [
  { path: "/", redirect: "/start" },
  { path: "/start", component: view("all/start"), meta: { desk: null, open: true } },
  ...DESKS.flatMap((desk) =>
    DESK_PAGES[desk].map(
      (page): RouteRecordRaw => ({
        path: page.path,
        component: view(`${desk}/${page.name}`),
        meta: { desk, title: `nav.${desk}.${page.name}` },
      }),
    ),
  ),
  {
    path: "/expert/review/:centre",
    component: view("expert/review"),
    meta: { desk: "expert", title: "nav.expert.review" },
  },
  ...COMMON_PAGES.map(
    (page): RouteRecordRaw => ({
      path: `/${page}`,
      component: view(`all/${page}`),
      meta: { desk: null, title: `nav.all.${page}`, open: page === "settings" || page === "about" },
    }),
  ),
  { path: "/:rest(.*)*", redirect: "/start" },
];

/** The pages of the window; the address stays in the fragment, since there is no server. */
export const router = createRouter({ history: createWebHashHistory(), routes });
