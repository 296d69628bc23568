import type { NamedPlace } from '../../src/shared/bookmarks';
import type { ViewId } from '../../src/shared/protocol';

/** The bookmarks of a view, ascending. */
export class ViewBookmarks {
  readonly places: readonly NamedPlace[];

  /** @param all those of the document */
  constructor(all: readonly NamedPlace[] = [], view: ViewId | null = null) {
    this.places = all.filter((each) => each.view === view).sort((a, b) => a.byteOffset - b.byteOffset);
  }

  /** The one of a byte. */
  at(byteOffset: number): NamedPlace | undefined {
    return this.within(byteOffset, byteOffset + 1)[0];
  }

  /** Those of the bytes `[start, end)`. */
  within(start: number, end: number): readonly NamedPlace[] {
    return this.places.filter(({ byteOffset }) => byteOffset >= start && byteOffset < end);
  }
}

/** A bookmark in words, for tooltips, the status and assistive technology. */
export function bookmarkWords({ name }: NamedPlace): string {
  return `bookmark “${name}”`;
}
