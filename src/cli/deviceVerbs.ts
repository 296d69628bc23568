import {
  clearErrorsOptions,
  damageOptions,
  fileAsked,
  injectErrorsOptions,
  listRemapsOptions,
  markerOptions,
  ownersAsked,
  readOptions,
  reloadModuleOptions,
  scanOptions,
  sectorsOfOptions,
  statusOptions,
} from '../contract/commandArguments';
import {
  formatDevice,
  formatMetadata,
  formatRemaps,
  formatSectors,
  formatVerification,
} from '../contract/reportText';
import { hasDamage } from '../contract/volumeCommands';
import { formatDamage, formatFileSectors, formatOwners, formatVolumes } from '../contract/volumeText';
import { describeStatus, type MetadataReport, parseStatus, RemapError } from '../engine';
import { type Given, UsageError } from './commandLine';
import { DEFAULT_DIALECT, type DeviceCommand, type DeviceResults } from './deviceCommands';
import {
  checked,
  numberOption,
  pathOption,
  rangesOption,
  sectorOperand,
  sectorOperands,
  sectorsOption,
  textOption,
} from './operands';
import {
  clearingText,
  injectionText,
  markersText,
  rangesText,
  relocationText,
  restartText,
  scanText,
  writingText,
} from './resultTexts';
import type { VerbName } from './verbs';

/** How a verb asks for a command of a device, and shows its result. */
export interface DeviceVerb<Name extends DeviceCommand = DeviceCommand> {
  readonly command: Name;
  /** The options in the form that callers in code give them, checked. @throws RemapError `EINVAL`, UsageError */
  options(given: Given): unknown;
  /** Whether standard input is what it writes, added to the options as `base64`. */
  readonly takesInput?: boolean;
  /** The result for people. */
  show(result: DeviceResults[Name], given: Given): string | Uint8Array;
  /** Whether it found something bad: exit code 1. */
  isBad?(result: DeviceResults[Name]): boolean;
  /** What failed though there is a result: exit code 3. */
  failure?(result: DeviceResults[Name]): RemapError | undefined;
}

const FORMATS = ['raw', 'human', 'json', 'csv', 'compact'] as const;
const BYTES_PER_MEBIBYTE = 2 ** 20;

const noOptions = () => undefined;

/** The verbs that are about one device. */
export const deviceVerbs = {
  status: verb('status', {
    options: (given) => {
      formatOf(given);
      return checked(statusOptions, { dialect: textOption(given, 'dialect') });
    },
    show: (line, given) => {
      const format = formatOf(given);
      if (format === 'raw') return `${line}\n`;
      const { dialect } = statusOptions({ dialect: textOption(given, 'dialect') });
      return describeStatus(parseStatus(line, dialect ?? DEFAULT_DIALECT).status, format, {
        time: new Date(),
      });
    },
  }),
  table: verb('table', { options: noOptions, show: (line) => `${line}\n` }),
  check: verb('checkMetadata', { options: noOptions, show: formatMetadata, isBad: isNotWhole }),
  repair: verb('repairMetadata', {
    options: noOptions,
    show: formatMetadata,
    failure: (report) =>
      isDamaged(report)
        ? new RemapError('EIO', 'not everything could be repaired: the spare is failing')
        : undefined,
  }),
  list: verb('listRemaps', {
    options: (given) =>
      checked(listRemapsOptions, {
        offset: numberOption(given, 'offset'),
        limit: numberOption(given, 'limit'),
      }),
    show: formatRemaps,
  }),
  scan: verb('scan', {
    options: (given) => {
      const rate = numberOption(given, 'rate');
      const bytesPerSecond = rate === undefined ? undefined : Math.ceil(rate * BYTES_PER_MEBIBYTE);
      return checked(scanOptions, { bytesPerSecond });
    },
    show: scanText,
    isBad: ({ failing }) => failing.length > 0,
  }),
  relocate: verb('relocate', { options: noOptions, show: relocationText }),
  script: verb('script', { options: noOptions, show: (script) => script }),
  read: verb('read', {
    options: (given) => {
      if (given.json && given.options.raw)
        throw new UsageError('--json and --raw exclude each other', given.verb);
      const [, sector = '', count = '1'] = given.operands;
      return checked(readOptions, {
        sector: sectorOperand(sector),
        count: sectorOperand(count),
        from: textOption(given, 'from'),
      });
    },
    show: ({ base64, ...failures }, given) => {
      const bytes = Buffer.from(base64, 'base64');
      return given.options.raw ? bytes : formatSectors(sectorOperand(given.operands[1]!), bytes, failures);
    },
    failure: ({ failed }) =>
      failed.length > 0
        ? new RemapError('EIO', `sectors that can't be read: ${rangesText(failed)}`)
        : undefined,
  }),
  write: verb('write', {
    takesInput: true,
    options: ({ operands }) => ({ sector: sectorOperand(operands[1]!) }),
    show: writingText,
  }),
  inject: verb('injectErrors', {
    options: (given) =>
      checked((value) => injectErrorsOptions(value, undefined), {
        sectors: rangesOption(given, 'sectors'),
        mode: textOption(given, 'mode'),
        flakey: textOption(given, 'flakey'),
        mapfile: pathOption(given, 'mapfile'),
        blockSize: numberOption(given, 'block-size'),
        on: textOption(given, 'on'),
      }),
    show: injectionText,
  }),
  clear: verb('clearErrors', {
    options: (given) =>
      checked(clearErrorsOptions, {
        sectors: rangesOption(given, 'sectors'),
        on: textOption(given, 'on'),
        member: numberOption(given, 'member'),
      }),
    show: clearingText,
  }),
  'markers write': verb('writeMarkers', { options: markersOf, show: markersText }),
  'markers verify': verb('verifyMarkers', {
    options: markersOf,
    show: formatVerification,
    isBad: ({ verified, total }) => verified < total,
  }),
  volumes: verb('volumes', { options: noOptions, show: formatVolumes }),
  owner: verb('ownerOf', {
    options: (given) => checked(ownersAsked, { sectors: sectorOperands(given) }),
    show: formatOwners,
  }),
  sectors: verb('sectorsOf', {
    options: (given) =>
      checked(fileAsked, {
        path: given.operands[1],
        ...sectorsOfOptions({ volume: numberOption(given, 'volume') }),
      }),
    show: formatFileSectors,
  }),
  damage: verb('damage', {
    options: (given) => checked(damageOptions, { format: damageFormatOf(given) }),
    show: formatDamage,
    isBad: hasDamage,
  }),
  reload: verb('reloadModule', {
    options: (given) => checked(reloadModuleOptions, { wait: numberOption(given, 'wait') }),
    show: restartText,
  }),
  suspend: verb('suspend', { options: noOptions, show: formatDevice }),
  resume: verb('resume', { options: noOptions, show: formatDevice }),
} as const satisfies Partial<Record<VerbName, unknown>>;

function verb<Name extends DeviceCommand>(
  command: Name,
  members: Omit<DeviceVerb<Name>, 'command'>,
): DeviceVerb<Name> {
  return { command, ...members };
}

function formatOf(given: Given): (typeof FORMATS)[number] {
  const asked = textOption(given, 'format') ?? 'raw';
  const found = FORMATS.find((format) => format === asked);
  if (found) return found;
  throw new UsageError(`--format is one of ${FORMATS.join(', ')}, not ${JSON.stringify(asked)}`, given.verb);
}

/** `text` is for people; the command has the data that it is made of. */
function damageFormatOf(given: Given): string | undefined {
  const format = textOption(given, 'format');
  return format === 'text' ? undefined : format;
}

function markersOf(given: Given): unknown {
  return checked(markerOptions, {
    sectors: sectorsOption(given, 'sectors'),
    text: textOption(given, 'text'),
  });
}

/** Whether a spare has damaged metadata. Of one that is missing nothing is known. */
function isDamaged({ copies, winner, table, members = [] }: MetadataReport): boolean {
  const isTableDamaged = table !== undefined && (table.damaged.length > 0 || table.reason !== undefined);
  const isOtherDamaged = members.some(({ report }) => report !== null && isDamaged(report));
  return winner === null || copies.some(({ valid }) => !valid) || isTableDamaged || isOtherDamaged;
}

function isNotWhole(report: MetadataReport): boolean {
  return isDamaged(report) || (report.members ?? []).some((member) => member.report === null);
}
