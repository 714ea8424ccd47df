/** A small PDF made by hand, so that the reader has something to read without any desk behind the window. */
export function fakePdf(title: string, pages: number): Uint8Array {
  const objects: string[] = ["<< /Type /Catalog /Pages 2 0 R >>", "", "<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman >>"];
  const kids: string[] = [];
  for (let page = 1; page <= pages; page += 1) {
    const lines = Array.from({ length: 22 }, (_, line) => `1 0 0 1 72 ${690 - line * 24} Tm (${title}, page ${page}, line ${line + 1}: sample text of a fictional dossier.) Tj`);
    const content = `BT /F1 22 Tf 1 0 0 1 72 750 Tm (${title} ${page}) Tj /F1 12 Tf ${lines.join(" ")} ET 0.12 0.37 0.47 rg ${[60, 90, 130, 70, 150].map((height, bar) => `${320 + bar * 40} 60 26 ${height} re f`).join(" ")}`;
    const at = objects.length + 1;
    kids.push(`${at} 0 R`);
    objects.push(`<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> /Contents ${at + 1} 0 R >>`);
    objects.push(`<< /Length ${content.length} >>\nstream\n${content}\nendstream`);
  }
  objects[1] = `<< /Type /Pages /Kids [${kids.join(" ")}] /Count ${pages} >>`;
  let text = "%PDF-1.4\n";
  const offsets = objects.map((object, index) => {
    const offset = text.length;
    text += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const start = text.length;
  text += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${offsets.map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`).join("")}`;
  text += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`;
  return new TextEncoder().encode(text);
}
