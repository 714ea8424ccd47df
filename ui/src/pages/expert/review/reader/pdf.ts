import * as pdfjs from "pdfjs-dist/legacy/build/pdf.mjs";
import type { PDFDocumentLoadingTask, PDFDocumentProxy } from "pdfjs-dist";
import worker from "pdfjs-dist/legacy/build/pdf.worker.min.mjs?url";

// The legacy build carries its own polyfills: the window may be an engine some years old.
pdfjs.GlobalWorkerOptions.workerSrc = worker;

const folder = `${import.meta.env.BASE_URL}pdfjs/`;

/** Opens a PDF from its bytes. Nothing in it may run or load anything: no scripts, no forms, no network. */
export function openPdf(bytes: Uint8Array): PDFDocumentLoadingTask {
  return pdfjs.getDocument({
    data: bytes,
    cMapUrl: new URL(`${folder}cmaps/`, document.baseURI).href,
    cMapPacked: true,
    standardFontDataUrl: new URL(`${folder}standard_fonts/`, document.baseURI).href,
    wasmUrl: new URL(`${folder}wasm/`, document.baseURI).href,
    enableXfa: false,
    disableAutoFetch: true,
    maxImageSize: 64 * 1024 * 1024,
  });
}

export type { PDFDocumentLoadingTask, PDFDocumentProxy };
