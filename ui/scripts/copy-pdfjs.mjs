// pdf.js fetches character maps, standard fonts and decoders at run time. They are copied beside the page, since the
// window may load nothing from anywhere else.
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url));
const manifest = createRequire(import.meta.url).resolve("pdfjs-dist/package.json");
const from = path.dirname(manifest);
const to = path.join(here, "..", "public", "pdfjs");
const stamp = path.join(to, "VERSION");
const version = JSON.parse(await readFile(manifest, "utf8")).version;

const copied = await readFile(stamp, "utf8").catch(() => "");
if (copied !== version) {
  await rm(to, { recursive: true, force: true });
  await mkdir(to, { recursive: true });
  for (const folder of ["cmaps", "standard_fonts", "wasm"]) {
    await cp(path.join(from, folder), path.join(to, folder), { recursive: true });
  }
  await writeFile(stamp, version);
}
