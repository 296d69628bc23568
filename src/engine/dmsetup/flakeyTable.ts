import { type CorruptByte, type FlakeyConfig, PROBABILITY_BASE } from '../block/flakeyConfig';
import { RemapError } from '../errors';

const UINT_MAX = 0xffff_ffff;
const MAX_FEATURE_WORDS = 11;

/**
 * Reads the part of a dm-flakey table line after `<dev path> <offset>`:
 * `<up interval> <down interval> [<num_features> [<feature args>…]]`, as the kernel does (version 1.5.0, 11 feature
 * words). Names are case-insensitive, and no feature at all means `error_reads error_writes`. What kernel 6.12 takes
 * and the newest refuses is taken as 6.12 does; {@link flakeyHints} tells.
 *
 * Stricter than the kernel: it refuses numbers of more than 32 bits instead of wrapping them, and a probability
 * repeated after a value of 0.
 *
 * @throws RemapError `EINVAL`, its message `flakey: ` and the kernel's text
 */
export function parseFlakeyTable(text: string): FlakeyConfig {
  return readTable(text).config;
}

/**
 * What to know about the kernels that a table is for, one sentence each: those that refuse it, and what others make of
 * it. Empty for a table that means the same to every kernel since 2016. Errors: {@link parseFlakeyTable}.
 */
export function flakeyHints(text: string): string[] {
  return readTable(text).hints;
}

function readTable(text: string): { readonly config: FlakeyConfig; readonly hints: string[] } {
  const words = new Words(text);
  if (words.left < 2) throw words.invalid('Invalid argument count');
  const upSeconds = words.number(0, UINT_MAX, 'Invalid up interval');
  const downSeconds = words.number(0, UINT_MAX, 'Invalid down interval');
  if (upSeconds + downSeconds === 0) throw words.invalid('Total (up + down) interval is zero');
  if (upSeconds + downSeconds > UINT_MAX) throw words.invalid('Interval overflow');

  const features = words.left > 0 ? parseFeatures(words) : {};
  const config: FlakeyConfig = {
    upSeconds,
    downSeconds,
    errorReads: false,
    errorWrites: false,
    dropWrites: false,
    randomReadCorrupt: 0,
    randomWriteCorrupt: 0,
    ...features,
  };
  checkWrites(config, words);
  const hints = [...words.hints, ...hintsOf(config)];
  return {
    config: doesSomething(config) ? config : { ...config, errorReads: true, errorWrites: true },
    hints,
  };
}

function hintsOf(config: FlakeyConfig): string[] {
  const hints: string[] = [];
  const isNew = config.errorReads || config.randomReadCorrupt > 0 || config.randomWriteCorrupt > 0;
  if (isNew)
    hints.push('Kernels before 6.5 may refuse error_reads, random_read_corrupt and random_write_corrupt.');
  if (config.errorReads && corruptsReads(config)) {
    hints.push('Newer kernels than 6.12 refuse error_reads with a corruption of reads; in 6.12 reads fail.');
  }
  return hints;
}

/** A table as the kernel prints it (`STATUSTYPE_TABLE`) after `<dev path> <offset>`. */
export function formatFlakeyTable(config: FlakeyConfig): string {
  const words: (string | number)[] = [];
  if (config.errorReads) words.push('error_reads');
  if (config.dropWrites) words.push('drop_writes');
  if (config.errorWrites) words.push('error_writes');
  if (config.corruptByte) {
    const { byte, direction, value, flags } = config.corruptByte;
    words.push('corrupt_bio_byte', byte, direction, value, flags);
  }
  if (config.randomReadCorrupt) words.push('random_read_corrupt', config.randomReadCorrupt);
  if (config.randomWriteCorrupt) words.push('random_write_corrupt', config.randomWriteCorrupt);
  return [config.upSeconds, config.downSeconds, words.length, ...words].join(' ');
}

type Features = { -readonly [Name in keyof FlakeyConfig]?: FlakeyConfig[Name] };

const SWITCHES = new Map<string, { name: 'errorReads' | 'errorWrites' | 'dropWrites'; excludes?: string }>([
  ['error_reads', { name: 'errorReads' }],
  ['drop_writes', { name: 'dropWrites', excludes: 'error_writes' }],
  ['error_writes', { name: 'errorWrites', excludes: 'drop_writes' }],
]);

const PROBABILITIES = new Map<string, 'randomReadCorrupt' | 'randomWriteCorrupt'>([
  ['random_read_corrupt', 'randomReadCorrupt'],
  ['random_write_corrupt', 'randomWriteCorrupt'],
]);

function parseFeatures(words: Words): Features {
  const count = words.number(0, MAX_FEATURE_WORDS, 'Invalid number of feature args');
  if (count > words.left) throw words.invalid('Invalid number of feature args');
  const surplus = words.cut(count);
  if (surplus !== '') {
    words.hints.push(
      `Kernel 6.12 ignores what follows the ${count} announced words, "${surplus}", and so does this.`,
    );
  }
  const features: Features = {};
  while (words.left > 0) {
    const feature = words.next().toLowerCase();
    if (feature === 'corrupt_bio_byte') parseCorruptByte(features, words);
    else if (PROBABILITIES.has(feature)) parseProbability(feature, features, words);
    else if (SWITCHES.has(feature)) parseSwitch(feature, features, words);
    else throw words.invalid('Unrecognised flakey feature requested');
  }
  return features;
}

function parseSwitch(feature: string, features: Features, words: Words): void {
  const { name, excludes } = SWITCHES.get(feature)!;
  if (features[name]) throw words.invalid(`Feature ${feature} duplicated`);
  if (excludes !== undefined && features[SWITCHES.get(excludes)!.name]) {
    throw words.invalid(`Feature ${feature} conflicts with feature ${excludes}`);
  }
  features[name] = true;
}

function parseCorruptByte(features: Features, words: Words): void {
  if (features.corruptByte) {
    words.hints.push(
      'Newer kernels than 6.12 refuse a second corrupt_bio_byte; in 6.12 the last one counts.',
    );
  }
  if (words.left < 4) throw words.invalid('Feature corrupt_bio_byte requires 4 parameters');
  const byte = words.number(1, UINT_MAX, 'Invalid corrupt bio byte');
  const direction = words.next().toLowerCase();
  if (!isDirection(direction)) throw words.invalid('Invalid corrupt bio direction (r or w)');
  const value = words.number(0, 255, 'Invalid corrupt value to write into bio byte (0-255)');
  const flags = words.number(0, UINT_MAX, 'Invalid corrupt bio flags mask');
  features.corruptByte = { byte, direction, value, flags };
}

function parseProbability(feature: string, features: Features, words: Words): void {
  const name = PROBABILITIES.get(feature)!;
  if (features[name] !== undefined) throw words.invalid(`Feature ${feature} duplicated`);
  if (words.left === 0) throw words.invalid(`Feature ${feature} requires a parameter`);
  features[name] = words.number(0, PROBABILITY_BASE, 'Invalid random corrupt argument');
}

function checkWrites(config: FlakeyConfig, words: Words): void {
  const { corruptByte, randomWriteCorrupt, dropWrites, errorWrites } = config;
  const corruptsWrites = corruptByte?.direction === 'w' || randomWriteCorrupt > 0;
  if (!corruptsWrites || !(dropWrites || errorWrites)) return;
  throw words.invalid(
    `${dropWrites ? 'drop_writes' : 'error_writes'} is incompatible with random_write_corrupt or corrupt_bio_byte with the WRITE flag set`,
  );
}

function corruptsReads({ corruptByte, randomReadCorrupt }: FlakeyConfig): boolean {
  return corruptByte?.direction === 'r' || randomReadCorrupt > 0;
}

function doesSomething(config: FlakeyConfig): boolean {
  return (
    config.errorReads ||
    config.errorWrites ||
    config.dropWrites ||
    config.corruptByte !== undefined ||
    config.randomReadCorrupt > 0 ||
    config.randomWriteCorrupt > 0
  );
}

function isDirection(word: string): word is CorruptByte['direction'] {
  return word === 'r' || word === 'w';
}

/** The words of a table, taken one after the other. */
class Words {
  readonly hints: string[] = [];
  #words: readonly string[];
  #at = 0;

  constructor(private readonly text: string) {
    this.#words = text.split(/\s+/).filter((word) => word !== '');
  }

  get left(): number {
    return this.#words.length - this.#at;
  }

  /** Leaves only the next `count` words, and answers the others. */
  cut(count: number): string {
    const rest = this.#words.slice(this.#at + count);
    this.#words = this.#words.slice(0, this.#at + count);
    return rest.join(' ');
  }

  next(): string {
    return this.#words[this.#at++] ?? '';
  }

  number(min: number, max: number, problem: string): number {
    const word = this.next();
    const value = /^\d+$/.test(word) ? Number(word) : Number.NaN;
    if (!(value >= min && value <= max)) throw this.invalid(problem);
    return value;
  }

  invalid(problem: string): RemapError {
    return new RemapError('EINVAL', `flakey: ${problem}`, { target: 'flakey', table: this.text });
  }
}
