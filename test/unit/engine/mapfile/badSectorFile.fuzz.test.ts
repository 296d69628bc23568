import assert from 'node:assert/strict';
import fc from 'fast-check';
import { MediumSectors } from '../../../../src/engine/block/mediumSectors';
import { RangeSet } from '../../../../src/engine/block/rangeSet';
import { RemapError } from '../../../../src/engine/errors';
import { parseBadSectors } from '../../../../src/engine/mapfile/badSectorFile';
import { parseBlockList } from '../../../../src/engine/mapfile/blockList';
import { parseDustScript } from '../../../../src/engine/mapfile/dustScript';
import { formatMapfile } from '../../../../src/engine/mapfile/mapfile';
import { fuzzRuns } from '../../../support/fuzzRuns';
import { arbitraryBadSectors, arbitraryMapfile } from '../../../support/mapfile/arbitraries';
import { blockListText, dustScriptText, mdadmText, tableText } from '../../../support/mapfile/listWriters';
import { edited, mediumIn, parseMapfile } from '../../../support/mapfile/mapfileText';

const SECTORS = 64;

const textOf = (text: Iterable<string>) => Buffer.from([...text].join(''), 'latin1');

/** A valid file of each format. */
const valid = fc.oneof(
  arbitraryMapfile.map((mapfile) => textOf(formatMapfile(mapfile))),
  arbitraryBadSectors(SECTORS).map((set) => textOf(blockListText(set, 512))),
  arbitraryBadSectors(SECTORS).map((set) => textOf(dustScriptText(set, 'dust1'))),
  arbitraryBadSectors(SECTORS).map((set) => textOf(tableText(set, SECTORS))),
  arbitraryBadSectors(SECTORS).map((set) => textOf(mdadmText(set))),
);

const snippet = fc.oneof(
  fc.constantFrom('0x', '0x7FFFFFFFFFFFFFFF', '9007199254740993', '18446744073709551616', '-1', '1e9', '08'),
  fc.constantFrom('\n', '\r\n', '\n\n', '#', ' ', '\t', '\0', '+', '-', '?', 'F', '\xff', '٣'),
  fc.constantFrom(
    '# Remap Inspector: ',
    'fault ',
    'dust 256',
    'medium quiet',
    'addbadblock ',
    'removebadblock 1',
    '0 64 dust /dev/x 0 4096\n',
    '1 error',
    ' for 8 sectors',
    'disk: ',
  ),
  fc.string({ maxLength: 8 }),
);

interface Mutation {
  readonly at: number;
  readonly remove: number;
  readonly insert: string;
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  remove: fc.oneof(fc.constant(0), fc.nat(3), fc.nat(200)),
  insert: fc.oneof(fc.constant(''), snippet),
});

function mutate(bytes: Buffer, { at, remove, insert }: Mutation): Buffer {
  const position = Math.floor(at * bytes.length);
  return Buffer.concat([
    bytes.subarray(0, position),
    Buffer.from(insert, 'latin1'),
    bytes.subarray(position + remove),
  ]);
}

const mutated = fc
  .tuple(valid, fc.array(mutation, { minLength: 1, maxLength: 4 }))
  .map(([bytes, mutations]) => mutations.reduce(mutate, bytes));

const input = fc.oneof(
  { weight: 8, arbitrary: mutated },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 300 }) },
  {
    weight: 1,
    arbitrary: fc.array(snippet, { maxLength: 30 }).map((parts) => Buffer.from(parts.join(''), 'latin1')),
  },
);

/** What a parser gives; `undefined` for an error, which must be ours and name a line of the file where it names one. */
function parsed<T>(bytes: Uint8Array, parse: () => T): T | undefined {
  try {
    return parse();
  } catch (error) {
    assert.ok(error instanceof RemapError && error.code === 'EINVAL', String(error));
    const { path, line } = error.details;
    assert.equal(path, 'fuzz');
    const lines = Buffer.from(bytes).toString('latin1').split('\n').length;
    assert.ok(line === undefined || (line >= 1 && line <= lines), `line ${line} of ${lines}`);
    return undefined;
  }
}

function assertWithin(set: RangeSet, byteLength: number): void {
  const last = set.previous(Number.MAX_SAFE_INTEGER) ?? 0;
  assert.ok(last < SECTORS, `sector ${last} is outside the device`);
  assert.ok(set.runCount <= byteLength, `${set.runCount} runs out of ${byteLength} bytes`);
}

describe('formats of bad sectors (fuzz)', function () {
  this.timeout(600_000);

  it('any mapfile is read, and then is the same when it is written, or refused with EINVAL', () => {
    fc.assert(
      fc.property(input, (bytes) => {
        const mapfile = parsed(bytes, () => parseMapfile(bytes, { path: 'fuzz' }));
        if (!mapfile) return;
        assert.ok(mapfile.blocks.length <= bytes.length);
        assert.ok(mapfile.faults.length <= bytes.length);
        const text = textOf(formatMapfile(mapfile));
        assert.deepEqual(textOf(formatMapfile(parseMapfile(text, { path: 'again' }))), text);
        const medium = mediumIn(mapfile, SECTORS);
        assertWithin(medium.badSectors, bytes.length);
        const sectors = new MediumSectors(medium.badSectors, medium.notRescued, medium.injected);
        const states = RangeSet.from(
          [...sectors.statesIn(0, SECTORS)].map((run) => [run.first, run.sectorCount, run.state]),
        );
        assert.deepEqual([...edited(mapfile, { states }).blocks], [...mapfile.blocks]);
      }),
      { numRuns: fuzzRuns(2500) },
    );
  });

  it('any list is read or refused with EINVAL, and lists sectors of the device only', () => {
    const options = { path: 'fuzz', sectorCount: SECTORS };
    fc.assert(
      fc.property(input, fc.constantFrom(512, 1024, 4096), (bytes, blockSize) => {
        for (const parse of [
          () => parseBlockList(bytes, { ...options, blockSize }),
          () => parseDustScript(bytes, { ...options, blockSize }),
          () => parseBadSectors(bytes, { ...options, blockSize }).badSectors,
          () => parseBadSectors(bytes, options).badSectors,
        ]) {
          assertWithin(parsed(bytes, parse) ?? new RangeSet(), bytes.length);
        }
      }),
      { numRuns: fuzzRuns(2500) },
    );
  });

  const endless = 200_000;
  for (const [what, text] of [
    ['digits', `0 + 1\n0 ${'9'.repeat(endless)} -\n`],
    ['zeros', `0 + 1\n0 ${'0'.repeat(endless)}7 -\n`],
    ['hexadecimal zeros', `0 + 1\n0 0x${'0'.repeat(endless)}20000000000001 -\n`],
    ['blanks', `${' '.repeat(endless)}0 + 1\n`],
    ['blanks after a number', `5${' '.repeat(endless)}x\n`],
    ['newlines', '\n'.repeat(endless)],
    ['letters', 'a'.repeat(endless)],
    ['words', 'addbadblock '.repeat(endless / 10)],
    ['comment signs', `addbadblock 1 ${' #'.repeat(endless)}`],
    ['segments', '0 1 linear /dev/x 0\n'.repeat(endless / 20)],
    ['names of devices', `${'a: '.repeat(endless / 3)}0 1 error\n`],
    ['words of a table', `0 64 ${'dust '.repeat(endless / 5)}`],
    ['headings', `Bad-blocks on ${' :'.repeat(endless / 2)}\n`],
    ['commands', `${'addbadblock 1;'.repeat(endless / 10)}\n`],
  ] as const) {
    it(`endless ${what} come to an end`, () => {
      const bytes = Buffer.from(text);
      parsed(bytes, () => parseMapfile(bytes, { path: 'fuzz' }));
      parsed(bytes, () => parseBlockList(bytes, { path: 'fuzz', blockSize: 512 }));
      parsed(bytes, () => parseDustScript(bytes, { path: 'fuzz', blockSize: 512 }));
      assertWithin(
        parsed(bytes, () => parseBadSectors(bytes, { path: 'fuzz', sectorCount: SECTORS }).badSectors) ??
          new RangeSet(),
        bytes.length,
      );
    });
  }
});
