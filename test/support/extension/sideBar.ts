/** The selector of a row of any tree in the side bar, by the beginning of what a screen reader says of it. */
export function rowOf(spoken: string): string {
  return `.sidebar .monaco-list-row[aria-label^="${spoken}"]`;
}
