import type { Origin, ViewId } from '../../src/shared/protocol';

/** The codicon of an origin, so that no origin is told apart by its colour alone; null for one that needs none. */
export function originIcon(origin: Origin): string | null {
  switch (origin.kind) {
    case 'spare':
    case 'replaced':
    case 'replacement':
      return 'arrow-swap';
    case 'metadata':
      if (origin.valid === null) return 'database';
      return origin.valid ? 'pass' : 'warning';
    case 'table':
      return 'database';
    case 'bad':
    case 'listed':
      return 'error';
    case 'notRescued':
    case 'filling':
      return 'question';
    default:
      return null;
  }
}

/** Where the bytes of a sector come from, in words; `index` is the sector's place in its run. */
export function originText(origin: Origin, index: number): string {
  switch (origin.kind) {
    case 'plain':
      return '';
    case 'main':
      return 'from main';
    case 'spare':
      return `remapped: from ${spareName(origin.view)} sector ${origin.sector + index}`;
    case 'replaced':
      return `remapped: the device reads ${spareName(origin.view)} sector ${origin.sector + index} instead`;
    case 'replacement':
      return `holds device sector ${origin.sector + index}`;
    case 'metadata':
      return `metadata copy ${origin.copy}${origin.verdict === '' ? '' : `, ${origin.verdict}`}`;
    case 'table':
      return 'remap table of the extension';
    case 'free':
      return 'not in use';
    case 'bad':
      return 'bad sector';
    case 'listed':
      return 'bad by the mapfile: these are the bytes in its place';
    case 'notRescued':
      return `not rescued: ${origin.why}`;
    case 'filling':
      return `not rescued: ${origin.why}, these bytes are filling`;
  }
}

/** `spare`, or in a pool `spare 2` for the view `spare1`. */
function spareName(view: ViewId): string {
  return view === 'spare' ? 'spare' : `spare ${Number(view.slice('spare'.length)) + 1}`;
}
