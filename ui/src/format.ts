/** Two digits. */
function two(value: number): string {
  return String(value).padStart(2, "0");
}

/** Wall clock of this computer, hh:mm:ss. */
export function clock(at: Date): string {
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** Date and time of an RFC 3339 text, to the minute, by the clock of whoever wrote it; another text stays as it is. */
export function moment(at: string): string {
  const match = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})/.exec(at);
  return match ? `${match[1]} ${match[2]}` : at;
}

/** Date and time of an RFC 3339 text, to the second, by the clock of whoever wrote it; another text stays as it is. */
export function instant(at: string): string {
  const match = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})/.exec(at);
  return match ? `${match[1]} ${match[2]}` : at;
}

/** Local date, YYYY-MM-DD. */
export function day(at: Date): string {
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

/** A size in bytes as people read it. */
export function bytes(size: number): string {
  if (size < 1024) return `${size} B`;
  if (size < 1024 * 1024) return `${Math.round(size / 1024)} KB`;
  return `${(size / 1024 / 1024).toFixed(1)} MB`;
}

/** The beginning of a digest in groups of four: enough to compare by eye. */
export function digest(text: string, length = 16): string {
  const bare = text.replace(/^sha-?256[:-]/i, "");
  return (bare.slice(0, length).match(/.{1,4}/g) ?? []).join(" ");
}

/** How many characters a text has, counted as the desk counts them: 𠮷 is one. */
export function characters(text: string): number {
  return [...text].length;
}

/** The part of a centre's name that differs from the others': 晋中市智能农机技术创新中心 → 智能农机. */
export function shortCentre(name: string): string {
  const match = /^晋中市(.+)技术创新中心$/.exec(name);
  return match?.[1] ?? name;
}

/** The folder of a path, under either separator; a bare name has none. */
export function folderName(path: string): string {
  return path.replace(/[\\/][^\\/]*$/, "") || path;
}

/** The last part of a path, under either separator. */
export function fileName(path: string): string {
  return path.split(/[\\/]/).pop() ?? path;
}
