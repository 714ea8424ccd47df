/** What counts as somebody being there. */
const SIGNS = ["pointerdown", "pointermove", "keydown", "wheel", "touchstart", "compositionupdate"] as const;

/**
 * Calls `gone` once nobody has touched the window for so many minutes. Measured against the clock at each look, so that a
 * laptop that slept is locked as soon as it wakes.
 *
 * @param minutes read at each look, so that a change of the setting takes effect at once
 * @param gone what to do; called again only after somebody was there
 * @param now the clock, passed in so that tests have their own
 * @returns ends the watch
 */
export function watchIdle(minutes: () => number, gone: () => void, now: () => number = () => Date.now()): () => void {
  let last = now();
  let told = false;
  const look = (): void => {
    if (!told && now() - last >= minutes() * 60_000) {
      told = true;
      gone();
    }
  };
  const seen = (): void => {
    // Before the sign counts: whoever comes back after the time finds the desk locked.
    look();
    last = now();
    told = false;
  };
  for (const sign of SIGNS) window.addEventListener(sign, seen, { passive: true, capture: true });
  const timer = setInterval(look, 5_000);
  return () => {
    clearInterval(timer);
    for (const sign of SIGNS) window.removeEventListener(sign, seen, { capture: true });
  };
}
