import type { Facts } from "@/ipc";

/** How one fact is typed. Sums of money are typed in 万元 and travel in yuan. */
export type FactKind = "count" | "money" | "day" | "yesno";

/** The facts of Article 8 in its order, and how each is typed. */
export const FIELDS: readonly { key: keyof Facts; kind: FactKind }[] = [
  { key: "applicants", kind: "count" },
  { key: "applied_on", kind: "day" },
  { key: "agreement_until", kind: "day" },
  { key: "area_m2", kind: "count" },
  { key: "equipment_yuan", kind: "money" },
  { key: "partner_equipment_yuan", kind: "money" },
  { key: "director_age", kind: "count" },
  { key: "director_senior", kind: "yesno" },
  { key: "director_full_time", kind: "yesno" },
  { key: "staff", kind: "count" },
  { key: "staff_master_or_senior", kind: "count" },
  { key: "staff_young", kind: "count" },
  { key: "rd_yuan", kind: "money" },
  { key: "host_rd_yuan", kind: "money" },
];

/** The facts as typed; an empty text is "not stated". */
export type FactTexts = Record<keyof Facts, string>;

/** Yuan as 万元, without a float: the last four digits are the decimals. */
function inTenThousands(yuan: number): string {
  const rest = yuan % 10000;
  const whole = (yuan - rest) / 10000;
  return rest === 0 ? String(whole) : `${whole}.${String(rest).padStart(4, "0").replace(/0+$/, "")}`;
}

/** Facts as texts to type in. */
export function writeFacts(facts: Facts | null): FactTexts {
  const texts = {} as FactTexts;
  for (const { key, kind } of FIELDS) {
    const value = facts?.[key] ?? null;
    if (value === null) texts[key] = "";
    else if (kind === "yesno") texts[key] = value === true ? "yes" : "no";
    else if (kind === "money" && typeof value === "number") texts[key] = inTenThousands(value);
    else texts[key] = String(value);
  }
  return texts;
}

function count(text: string): number | null {
  return /^\d{1,9}$/.test(text) ? Number(text) : null;
}

function yuan(text: string): number | null {
  const match = /^(\d{1,9})(?:\.(\d{1,4}))?$/.exec(text);
  return match ? Number(match[1]) * 10000 + Number((match[2] ?? "").padEnd(4, "0")) : null;
}

/**
 * Typed texts as facts.
 *
 * @param wrong called with the first field that holds no number where one belongs; it does not return
 */
export function readFacts(texts: FactTexts, wrong: (field: keyof Facts) => never): Facts {
  const text = (key: keyof Facts) => (texts[key] ?? "").trim();
  const number = (key: keyof Facts, read: (typed: string) => number | null) => {
    if (text(key) === "") return null;
    return read(text(key)) ?? wrong(key);
  };
  const yesno = (key: keyof Facts) => (text(key) === "" ? null : text(key) === "yes");
  return {
    applicants: number("applicants", count),
    applied_on: text("applied_on") || null,
    agreement_until: text("agreement_until") || null,
    area_m2: number("area_m2", count),
    equipment_yuan: number("equipment_yuan", yuan),
    partner_equipment_yuan: number("partner_equipment_yuan", yuan),
    director_age: number("director_age", count),
    director_senior: yesno("director_senior"),
    director_full_time: yesno("director_full_time"),
    staff: number("staff", count),
    staff_master_or_senior: number("staff_master_or_senior", count),
    staff_young: number("staff_young", count),
    rd_yuan: number("rd_yuan", yuan),
    host_rd_yuan: number("host_rd_yuan", yuan),
  };
}
