import type { MapKind } from '../../src/shared/sectorMap';

/** A letter or sign for each kind: no block is told apart by its colour alone. Written ones are filled, empty ones aren't. */
export const SYMBOLS: Readonly<Record<MapKind, string>> = {
  bad: '×',
  notRescued: '?',
  difference: '≠',
  match: 'f',
  unsaved: 'c',
  remapped: 'r',
  metadata: 'm',
  marker: '#',
  bookmark: 'b',
  structure: 's',
  file: 'F',
  unknown: 'u',
  free: '·',
  written: '',
  empty: '',
};

/** Draws a block of that kind; null: one of which nothing is known, which gets a stroke through it. */
export function drawBlock(
  context: CanvasRenderingContext2D,
  style: CSSStyleDeclaration,
  kind: MapKind | null,
  { x, y }: { readonly x: number; readonly y: number },
  size: number,
): void {
  const color = style.getPropertyValue(`--block-${kind ?? 'empty'}`);
  context.fillStyle = color;
  context.strokeStyle = color;
  context.lineWidth = 1;
  if (kind === null || kind === 'empty') {
    context.strokeRect(x + 0.5, y + 0.5, size - 1, size - 1);
    if (kind === null) {
      context.beginPath();
      context.moveTo(x + 1, y + size - 1);
      context.lineTo(x + size - 1, y + 1);
      context.stroke();
    }
    return;
  }
  context.fillRect(x, y, size, size);
  context.fillStyle = style.getPropertyValue('--block-ink');
  context.font = `bold ${size - 1}px ${style.fontFamily}`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillText(SYMBOLS[kind], x + size / 2, y + size / 2 + 0.5);
}
