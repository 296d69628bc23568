import { flakeyHints, parseFlakeyTable } from '../engine';
import type { Dialog } from '../frame/dialog';
import type { Choice } from '../frame/questions';

const CUSTOM = 'custom';

/** All tables but that of "Come and Go" are always down, so that the layer misbehaves from the first second on. */
const choices: Choice<string>[] = [
  { label: 'Works', description: 'nothing fails on purpose', value: '' },
  { label: 'Fail Reads', description: 'error_reads, as in the persistence test', value: '0 1 1 error_reads' },
  { label: 'Fail Writes', description: 'error_writes', value: '0 1 1 error_writes' },
  {
    label: 'Drop Writes',
    description: 'drop_writes: answered with success, not stored',
    value: '0 1 1 drop_writes',
  },
  { label: 'Come and Go', description: '5 s working, 2 s failing reads and writes', value: '5 2' },
  { label: 'Other...', description: 'a dm-flakey table', value: CUSTOM },
];

/** Asks how the flakey layer is to behave: '' for healthy. */
export async function askFlakey(dialog: Dialog, withHealthy = true): Promise<string> {
  const offered = withHealthy ? choices : choices.slice(1);
  const chosen = await dialog.choice(
    'How the layer over the main image fails on purpose (dm-flakey)',
    offered,
  );
  if (chosen !== CUSTOM) return chosen;
  return dialog.text({
    prompt: 'dm-flakey table: <up seconds> <down seconds> [<number of words> <feature>...]',
    value: '0 1 1 error_reads',
    read: (typed) => {
      parseFlakeyTable(typed);
      return typed.trim();
    },
    hint: (typed) => flakeyHints(typed).join(' ') || undefined,
  });
}
