import { plural } from '../contract/wording';
import type { DeviceReason, ReasonKind, RemapDevice } from '../engine';
import { builtIn, commands, uiCommands } from '../manifest';
import type { DeviceEntry } from './deviceEntry';
import { type Cure, cureBy, type Severity, type Trouble } from './trouble';
import { RESTRICTED } from './writePolicy';

type Describe = (entry: DeviceEntry, device: RemapDevice) => Omit<Trouble, 'kind' | 'text'>;

/** What each kind of reason means for a row, and what is to be done about it. */
const BY_KIND: Readonly<Record<ReasonKind, Describe>> = {
  opened: (entry, { spec }) => ({
    severity: 'info',
    short: 'opened read-only',
    cure:
      spec.readOnly === RESTRICTED
        ? { title: 'Manage Workspace Trust', command: builtIn.manageTrust, args: [] }
        : cureBy('Open Device for Writing', uiCommands.openForWriting, entry),
  }),
  metadata: fixed('warning', 'metadata not writable', (entry) =>
    cureBy('Check Metadata', commands.checkMetadata, entry),
  ),
  unused: fixed('warning', 'remaps not in use', loadMetadata),
  unsafe: fixed('warning', 'remaps to relocate', (entry) =>
    cureBy('Relocate Remaps', commands.relocate, entry),
  ),
  stray: (entry, device) => {
    const count = device.strays().length;
    const short = `${plural(count, 'remap')} ${count === 1 ? 'leads' : 'lead'} nowhere`;
    return { severity: 'warning', short, cure: show(entry) };
  },
  disputed: fixed('warning', 'disputed remaps', show),
  pool: fixed('warning', 'pool changed elsewhere', show),
  missing: fixed('error', 'spare missing', (entry) =>
    entry.deviceFile === null
      ? show(entry)
      : cureBy('Open Device File as Text', uiCommands.openDeviceFile, entry),
  ),
  spare: fixed('warning', 'spare left out', addSpare),
  displaced: (entry, { displaced }) => {
    const isSaved = displaced.every((image) => image.isSaved);
    return {
      severity: isSaved ? 'warning' : 'error',
      short: isSaved ? 'image displaced, saved' : 'image displaced',
      cure: isSaved
        ? cureBy('Remove Device...', commands.remove, entry)
        : cureBy('Save Open Image As...', commands.saveOpenImage, entry),
    };
  },
  commit: fixed('error', 'metadata not written', log),
  full: fixed('error', 'spare full', addSpare),
  broken: fixed('error', 'spare broken', addSpare),
  refused: fixed('error', 'spare takes no data', log),
  main: fixed('warning', 'main may be another', show),
};

/** What a reason of a degraded or read-only device is as a trouble. */
export function reasonTrouble(
  entry: DeviceEntry,
  device: RemapDevice,
  { kind, text }: DeviceReason,
): Trouble {
  const sentence = `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
  return { kind, text: sentence, ...BY_KIND[kind](entry, device) };
}

function fixed(severity: Severity, short: string, cure: (entry: DeviceEntry) => Cure): Describe {
  return (entry) => ({ severity, short, cure: cure(entry) });
}

/** The cure is a choice of several, which the device's items in the side bar offer. */
function show(entry: DeviceEntry): Cure {
  return cureBy('Show Device in Side Bar', uiCommands.showDevice, entry);
}

function addSpare(entry: DeviceEntry): Cure {
  return cureBy('Add Spare...', commands.addSpare, entry);
}

function log(): Cure {
  return { title: 'Show Log', command: uiCommands.showLog, args: [] };
}

/** Loads the module that keeps the remap table. */
export function loadMetadata(): Cure {
  const module = { treeReference: true, moduleName: 'metadata' };
  return { title: 'Load Module...', command: commands.loadModule, args: [module] };
}
