import { CheckedValue, type Fail } from './checkedValue';
import { mostRepeats } from './decode';
import type {
  ByteOrder,
  ChecksumDescription,
  FieldDescription,
  GroupDescription,
  Measure,
  StructureDescription,
} from './description';
import { readConditions, readMeasure } from './userConditions';
import { readField, readPlace } from './userFields';

/** What keeps a description from costing much: to look for it takes microseconds, to show it a page or two. */
const MOST = {
  bytes: 32_768,
  fields: 256,
  conditions: 32,
  shown: 1000,
  repeats: 256,
  checksums: 8,
  checkedBytes: 1 << 17,
  skipped: 16,
  nameLength: 100,
} as const;

const KEYS = ['$schema', 'name', 'byteCount', 'order', 'where', 'isVague', 'checksums', 'fields'];

/**
 * Checks the description of a structure from a file: that it is complete, stays within its bytes, and is small.
 * @param value what the JSON of the file says
 * @param fail reports a mistake and its place
 */
export function readDescription(value: unknown, fail: Fail): StructureDescription {
  const at = new CheckedValue(value, fail).object(KEYS);
  const name = at('name').text(MOST.nameLength);
  const byteCount = at('byteCount').whole(1, MOST.bytes);
  const order = at('order').isAbsent ? 'little' : at('order').oneOf('little', 'big');
  const where = readConditions(at('where'), byteCount, 1);
  const conditions = where.reduce((sum, each) => sum + ('any' in each ? each.any.length : 1), 0);
  if (conditions > MOST.conditions)
    at('where').refuse(`has ${conditions} conditions in all: at most ${MOST.conditions} are possible`);
  const fields = at('fields')
    .list(1, MOST.fields)
    .map((each) => readFieldOrGroup(each, byteCount));
  const shown = fields.reduce((sum, field) => sum + shownCount(field, byteCount), 0);
  if (shown > MOST.shown)
    at('fields').refuse(`shows ${shown} fields in all: at most ${MOST.shown} are possible`);
  return {
    name,
    byteCount,
    order,
    where,
    fields,
    ...(at('isVague').isAbsent ? {} : { isVague: at('isVague').flag() }),
    ...(at('checksums').isAbsent ? {} : { checksums: readChecksums(at('checksums'), byteCount) }),
  };
}

/** How many fields are shown at most of a structure of so many bytes. */
function shownCount(field: FieldDescription | GroupDescription, within: number): number {
  return 'fields' in field ? mostRepeats(field, within) * (1 + field.fields.length) : 1;
}

function readFieldOrGroup(value: CheckedValue, within: number): FieldDescription | GroupDescription {
  const isGroup = value.entries(MOST.fields).some(([key]) => key === 'fields');
  return isGroup ? readGroup(value, within) : readField(value, within);
}

function readGroup(value: CheckedValue, within: number): GroupDescription {
  const at = value.object(['at', 'name', 'byteCount', 'when', 'count', 'summary', 'fields']);
  const byteCount = at('byteCount').whole(1, within);
  const count = at('count').isAbsent ? undefined : readCount(at('count'), within);
  // As many as the structure says, as far as they are within it: one at least must be.
  const place = readPlace(at, byteCount * (typeof count === 'number' ? count : 1), within);
  const fields = at('fields')
    .list(1, MOST.fields)
    .map((each) => readField(each, byteCount));
  const summary = at('summary');
  return {
    ...place,
    byteCount,
    fields,
    ...(count === undefined ? {} : { count }),
    ...(at('when').isAbsent ? {} : { when: readConditions(at('when'), within, 1) }),
    ...(summary.isAbsent ? {} : { summary: summary.list(1, 4).map((each) => each.text(MOST.nameLength)) }),
  };
}

function readCount(value: CheckedValue, within: number): Measure {
  return value.isNumber ? value.whole(1, MOST.repeats) : readMeasure(value, within, MOST.repeats);
}

function readChecksums(value: CheckedValue, byteCount: number): ChecksumDescription[] {
  return value.list(1, MOST.checksums).map((each) => readChecksum(each, byteCount));
}

function readChecksum(value: CheckedValue, byteCount: number): ChecksumDescription {
  const keys = ['at', 'order', 'kind', 'seed', 'isPlain', 'from', 'to', 'zeroed', 'skipped', 'when'];
  const at = value.object(keys);
  const [seed, zeroed, skipped, when] = [at('seed'), at('zeroed'), at('skipped'), at('when')];
  const place = (each: CheckedValue) => each.whole(0, MOST.checkedBytes);
  return {
    at: place(at('at')),
    kind: at('kind').oneOf('crc32', 'crc32c', 'sha256', 'sum32', 'exfat'),
    from: place(at('from')),
    to: readMeasure(at('to'), byteCount, MOST.checkedBytes),
    ...(at('order').isAbsent ? {} : { order: at('order').oneOf('little', 'big') as ByteOrder }),
    ...(seed.isAbsent ? {} : { seed: seed.whole(0, 0xffffffff) }),
    ...(at('isPlain').isAbsent ? {} : { isPlain: at('isPlain').flag() }),
    ...(zeroed.isAbsent ? {} : { zeroed: zeroed.list(1, MOST.skipped).map((each) => readRun(each, place)) }),
    ...(skipped.isAbsent ? {} : { skipped: skipped.list(1, MOST.skipped).map(place) }),
    ...(when.isAbsent ? {} : { when: readConditions(when, byteCount, 1) }),
  };
}

function readRun(
  value: CheckedValue,
  place: (each: CheckedValue) => number,
): [at: number, byteCount: number] {
  const [at, byteCount] = value.list(2, 2);
  return [place(at!), place(byteCount!)];
}
