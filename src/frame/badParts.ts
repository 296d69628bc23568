import { plural } from '../contract/wording';
import type { AtBadParts } from '../devices/savePieces';
import type { Dialog } from './dialog';
import { mention, warn } from './notifications';

const CHOICES: readonly { label: string; detail: string; value: AtBadParts }[] = [
  { label: 'Stop', detail: 'Save nothing', value: 'stop' },
  { label: 'Zeros', detail: 'Put zeros in its place: the rest keeps its place', value: 'zeros' },
  { label: 'Skip', detail: 'Leave it out: the file gets shorter', value: 'skip' },
];

/** Asks what is to take the place of what can't be read. @param what is saved: `file` */
export function askAtBadParts(dialog: Dialog, what: string): Promise<AtBadParts> {
  return dialog.choice(`Where a part of the ${what} can’t be read`, CHOICES);
}

/** Tells a person what was saved. @param lost how many bytes could not be read */
export function tellSaved(name: string, lost: number, atBadParts: AtBadParts): void {
  if (lost === 0) {
    mention(`Saved as ${name}`);
    return;
  }
  const instead = atBadParts === 'zeros' ? 'zeros stand in their place' : 'they are left out';
  void warn(`Saved as ${name}. ${plural(lost, 'byte')} could not be read: ${instead}.`);
}
