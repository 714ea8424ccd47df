/**
 * Whether this key press belongs to an input method that is composing. Some engines send the Enter that ends a
 * composition after `compositionend`, with key code 229 and `isComposing` already false.
 */
export function isComposing(event: KeyboardEvent): boolean {
  return event.isComposing || event.keyCode === 229;
}
