import { describe, expect, it } from "vitest";
import { strength } from "./strength";

describe("the strength of a passphrase", () => {
  it.each([["1234567", "short"], ["aaaaaaaa", "weak"], ["password", "weak"], ["Zebra-Kiosk-41", "strong"], ["今天开会请带老花镜", "strong"]])(
    "calls %s %s",
    (text, verdict) => expect(strength(text)).toBe(verdict),
  );
});
