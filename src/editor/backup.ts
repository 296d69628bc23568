import { RemapError } from '../engine';
import { type Checked, list, natural, oneOf, shape, text } from '../shared/check';
import { isViewId } from '../shared/protocol';
import type { UnsavedRun } from './sectorEdits';

const isBackup = shape({
  format: oneOf('remap-inspector-edits'),
  version: oneOf(1),
  runs: list(shape({ view: isViewId, byteOffset: natural, base64: text })),
});

/** The unsaved bytes of a document as text: the backup that VS Code keeps when its window closes ("hot exit"). */
export function formatBackup(runs: readonly UnsavedRun[]): string {
  const backup: Checked<typeof isBackup> = {
    format: 'remap-inspector-edits',
    version: 1,
    runs: runs.map(({ view, byteOffset, bytes }) => ({
      view,
      byteOffset,
      base64: Buffer.from(bytes).toString('base64'),
    })),
  };
  return JSON.stringify(backup);
}

/** Reads what {@link formatBackup} wrote. @throws RemapError `EINVAL` for any other text */
export function parseBackup(content: string): UnsavedRun[] {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch (cause) {
    throw damaged(cause);
  }
  if (!isBackup(value)) throw damaged(undefined);
  return value.runs.map(({ view, byteOffset, base64 }) => ({
    view,
    byteOffset,
    bytes: new Uint8Array(Buffer.from(base64, 'base64')),
  }));
}

function damaged(cause: unknown): RemapError {
  const message = 'The backup of the unsaved edits is damaged: they can’t be restored.';
  return new RemapError('EINVAL', message, {}, { cause });
}
