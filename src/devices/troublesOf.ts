import { basename, dirname, join } from 'node:path';
import { describeError } from '../contract/errorSentences';
import { describeFlakey } from '../contract/faultWords';
import { BREAK_LOCK, isInDoubt } from '../contract/lockTexts';
import { countUnreadable, describeOffer, formatCount, plural } from '../contract/wording';
import { COPY_COUNT, type DeviceInfo, type DeviceSymptoms, type RemapDevice } from '../engine';
import { commands, uiCommands } from '../manifest';
import type { DeviceEntry } from './deviceEntry';
import { loadMetadata, reasonTrouble } from './reasonTroubles';
import { type Cure, cureBy, type Severity, type Trouble } from './trouble';

const RANK: Readonly<Record<Severity, number>> = { error: 0, warning: 2, info: 3 };
/** As long as a device is suspended nothing else can be done about it, though that itself may be harmless. */
const SUSPENDED_RANK = 1;
/** A spare with less room than this share of it is nearly full. */
const NEARLY_FULL = 0.1;
/** dmremap-status calls a health score below this critical. */
const CRITICAL_SCORE = 40;

/** All that is wrong with a device, the most urgent first. Cheap: nothing is read, and nothing grows with the remaps. */
export function troublesOf(entry: DeviceEntry): Trouble[] {
  const found = entry.device ? assembledTroubles(entry, entry.device) : unassembledTroubles(entry);
  return [...found, ...offeredMap(entry)].sort((a, b) => rankOf(a) - rankOf(b));
}

function rankOf({ kind, severity }: Trouble): number {
  return kind === 'suspended' ? SUSPENDED_RANK : RANK[severity];
}

function assembledTroubles(entry: DeviceEntry, device: RemapDevice): Trouble[] {
  const info = device.info();
  const symptoms = device.symptoms();
  return [
    ...symptoms.reasons.map((reason) => reasonTrouble(entry, device, reason)),
    ...suspension(entry, info, symptoms),
    ...copies(entry, device, symptoms),
    ...unreadable(entry, info, symptoms),
    ...flakey(entry, info),
    ...room(entry, info, symptoms),
    ...unkept(info),
    ...health(entry, symptoms),
  ];
}

function unassembledTroubles(entry: DeviceEntry): Trouble[] {
  const { problem, deviceFile } = entry;
  if (problem === undefined) return [];
  const cure = cureOfProblem(entry);
  const folder = deviceFile === null ? '' : join(dirname(deviceFile), '/');
  const message = describeError(problem).message.replace(folder, '');
  const text = `${message}.`.replace(/([.!?])\.$/, '$1');
  return [{ kind: 'problem', severity: 'error', short: 'not assembled', text, cure }];
}

function cureOfProblem(entry: DeviceEntry): Cure {
  if (isInDoubt(entry.problem)) return cureBy(BREAK_LOCK, commands.breakLock, entry);
  return entry.content === undefined && entry.deviceFile !== null
    ? cureBy('Open Device File as Text', uiCommands.openDeviceFile, entry)
    : cureBy('Assemble Device...', commands.assemble, entry);
}

function suspension(entry: DeviceEntry, { state }: DeviceInfo, { holdsRequests }: DeviceSymptoms): Trouble[] {
  if (state !== 'suspended') return [];
  const cure = cureBy('Resume Device', commands.resume, entry);
  return holdsRequests
    ? [
        {
          kind: 'suspended',
          severity: 'warning',
          short: 'suspended, I/O waits',
          text: 'Reads or writes wait until the device is resumed.',
          cure,
        },
      ]
    : [
        {
          kind: 'suspended',
          severity: 'info',
          short: 'suspended',
          text: 'It is suspended: reads and writes wait from now on until it is resumed.',
          cure,
        },
      ];
}

function copies(entry: DeviceEntry, device: RemapDevice, { damagedCopies }: DeviceSymptoms): Trouble[] {
  if (damagedCopies === 0) return [];
  const isLast = device.spec.spares.length === 1 && damagedCopies === COPY_COUNT;
  const which = plural(damagedCopies, 'metadata copy', 'metadata copies');
  return [
    {
      kind: 'copies',
      severity: isLast ? 'error' : 'warning',
      short: `${which} damaged`,
      text: isLast
        ? 'No metadata copy is intact: the remaps would be lost if the device were removed.'
        : `${which} can't be used: repair the metadata to have all five again.`,
      cure: device.readOnly
        ? cureBy('Check Metadata', commands.checkMetadata, entry)
        : cureBy('Repair Metadata', commands.repairMetadata, entry),
    },
  ];
}

function unreadable(entry: DeviceEntry, info: DeviceInfo, { unreadable: now }: DeviceSymptoms): Trouble[] {
  const short = countUnreadable(info).join(', ');
  if (now.first === null) {
    const what =
      info.badSectors === 1 ? 'The bad sector is remapped or unused' : 'All are remapped or unused';
    const text = `${what}: every sector of the device can be read.`;
    const cure = cureBy('Open Sectors...', commands.openSectors, entry, {});
    return short === '' ? [] : [{ kind: 'bad', severity: 'info', short, text, cure }];
  }
  const lost = now.badSectors + now.notRescued;
  return [
    {
      kind: now.badSectors > 0 ? 'bad' : 'notRescued',
      severity: 'warning',
      short,
      text: `${plural(lost, 'sector')} can't be read until written, from sector ${now.first} on.`,
      cure: cureBy('Open Sectors...', commands.openSectors, entry, { sector: now.first, view: 'device' }),
    },
  ];
}

function flakey(entry: DeviceEntry, info: DeviceInfo): Trouble[] {
  if (info.flakey === null) return [];
  const text = `On purpose the layer over main ${describeFlakey(info.flakey)} (dm-flakey: ${info.flakey}).`;
  const cure = cureBy('Clear Errors', commands.clearErrors, entry);
  return [{ kind: 'flakey', severity: 'warning', short: 'main fails on purpose', text, cure }];
}

function room(entry: DeviceEntry, info: DeviceInfo, { reasons }: DeviceSymptoms): Trouble[] {
  const { remaps, spareFree } = info;
  if (spareFree > (remaps + spareFree) * NEARLY_FULL) return [];
  if (reasons.some(({ kind }) => kind === 'full')) return [];
  const cure = cureBy('Add Spare...', commands.addSpare, entry);
  const left = spareFree === 0 ? 'No sector' : `Only ${plural(spareFree, 'sector')}`;
  const text = `${left} of the spare ${spareFree > 1 ? 'are' : 'is'} left for remaps: add a spare.`;
  const short = spareFree === 0 ? 'spare full' : `room for ${formatCount(spareFree)} more`;
  return [{ kind: 'room', severity: 'warning', short, text, cure }];
}

function unkept({ metadata, state }: DeviceInfo): Trouble[] {
  if (metadata.sequence !== null || state === 'readonly') return [];
  const text = 'Remaps are gone after a reload: the module metadata, which keeps them, is not loaded.';
  return [{ kind: 'unkept', severity: 'info', short: 'remaps not kept', text, cure: loadMetadata() }];
}

function health(entry: DeviceEntry, { healthScore }: DeviceSymptoms): Trouble[] {
  if (healthScore >= CRITICAL_SCORE) return [];
  const short = `health ${healthScore} of 100`;
  const text = `Its health score is ${healthScore} of 100: requests fail often, or again and again at some sectors.`;
  const cure = cureBy('Scan Device', commands.scan, entry);
  return [{ kind: 'health', severity: 'warning', short, text, cure }];
}

/** A rescue map under another name that fits main and isn't used. */
function offeredMap(entry: DeviceEntry): Trouble[] {
  const { offeredMap: map, device, content } = entry;
  const main = (device?.spec ?? content)?.main;
  if (!map || main === undefined) return [];
  const cure = cureBy('Use Rescue Map...', uiCommands.useMap, entry);
  const text = describeOffer(basename(main), map);
  return [{ kind: 'offeredMap', severity: 'warning', short: `${basename(map.path)} not used`, text, cure }];
}
