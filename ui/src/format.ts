/** Two digits. */
function two(value: number): string {
  return String(value).padStart(2, "0");
}

/** Wall clock of this computer, hh:mm:ss. */
export function clock(at: Date): string {
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** Local date and time, to the minute, from a date or an RFC 3339 text; a text that is neither is shown as it is. */
export function moment(at: Date | string): string {
  const date = typeof at === "string" ? new Date(at) : at;
  if (Number.isNaN(date.getTime())) return String(at);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}`;
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

/** The part of a centre's name that differs from the others': 晋中市智能农机技术创新中心 → 智能农机. */
export function shortCentre(name: string): string {
  const match = /^晋中市(.+)技术创新中心$/.exec(name);
  return match?.[1] ?? name;
}

/** The last part of a path, under either separator. */
export function fileName(path: string): string {
  return path.split(/[\\/]/).pop() ?? path;
}
