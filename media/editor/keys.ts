type KeyFacts = Pick<KeyboardEvent, 'key' | 'code'>;

/**
 * The key's character in lower case. On a layout whose keys carry other letters (Cyrillic, Greek) the Latin letter of the
 * key's place, by which VS Code's own shortcuts go there.
 */
export function latinKey({ key, code }: KeyFacts): string {
  const isOtherLetter = key.length === 1 && key > '\x7f' && /^Key[A-Z]$/.test(code);
  return (isOtherLetter ? code.slice(3) : key).toLowerCase();
}

/**
 * The character that a key press types, or null. AltGr types, and so does Option on a Mac; Alt elsewhere, Ctrl and Cmd
 * are shortcuts of VS Code.
 */
export function typedCharacter(event: KeyboardEvent, isMac: boolean): string | null {
  if ([...event.key].length !== 1) return null;
  if (event.getModifierState('AltGraph')) return event.key;
  const isShortcut = event.ctrlKey || event.metaKey || (event.altKey && !isMac);
  return isShortcut ? null : event.key;
}
