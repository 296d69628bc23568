import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  decodeExtras,
  type Extras,
  encodeExtras,
  extrasLayout,
  NO_EXTRAS,
} from '../../../../../src/engine/metadata/codec/extras';
import { crc32le } from '../../../../../src/engine/metadata/crc';

const sector = fc.integer({ min: 0, max: 2 ** 48 - 1 });
const plain = { noNullPrototype: true };
const arbitraryExtent = fc.record(
  { startA: sector, startB: sector, sectorCount: fc.nat(2 ** 32 - 1) },
  plain,
);
const arbitraryExtras: fc.Arbitrary<Extras> = fc.record(
  {
    nextSpare: sector,
    entryCount: fc.nat(2 ** 32 - 1),
    table: fc.record(
      {
        generation: fc.nat(2 ** 32 - 1),
        recordCount: sector,
        extents: fc.array(arbitraryExtent, { maxLength: 16 }),
      },
      plain,
    ),
    badSpares: fc.array(sector, { maxLength: 96 }),
    mainIdentity: fc.uint8Array({ maxLength: 512 }),
    pool: fc.uint8Array({ maxLength: 256 }),
    division: fc.option(
      fc.record(
        { ownCount: fc.nat(2048), ownChecksum: fc.nat(2 ** 32 - 1), restChecksum: fc.nat(2 ** 32 - 1) },
        plain,
      ),
    ),
  },
  plain,
);

function encoded(extras: Extras = NO_EXTRAS): Uint8Array {
  const data = new Uint8Array(2048);
  encodeExtras(extras, data);
  return data;
}

/** Changes a field and mends the checksum, as another version of ours might write it. */
function withField(
  name: 'layout_version' | 'extent_count' | 'bad_spare_count' | 'pool_length',
  value: number,
): Uint8Array {
  const data = encoded();
  extrasLayout.put(data, name, value);
  extrasLayout.put(data, 'checksum', crc32le(data.subarray(0, 8), data.subarray(12)));
  return data;
}

describe('extras in expansion_data', () => {
  it('take exactly what the kernel leaves us', () => {
    assert.equal(extrasLayout.byteLength, 2048);
  });

  it('come back as they were', () => {
    fc.assert(
      fc.property(arbitraryExtras, (extras) => {
        assert.deepEqual(decodeExtras(encoded(extras)), { kind: 'ours', extras });
      }),
    );
  });

  it('are absent where all is zero', () => {
    assert.deepEqual(decodeExtras(new Uint8Array(2048)), { kind: 'absent' });
  });

  it("are never read out of another program's bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 2048, maxLength: 2048 }), (data) => {
        assert.notEqual(decodeExtras(data).kind, 'ours');
      }),
    );
    fc.assert(
      fc.property(arbitraryExtras, fc.nat(2047), fc.integer({ min: 1, max: 255 }), (extras, at, flip) => {
        const data = encoded(extras);
        data[at]! ^= flip;
        assert.notEqual(decodeExtras(data).kind, 'ours');
      }),
    );
  });

  it('of another version are not read, and known to be ours', () => {
    assert.deepEqual(decodeExtras(withField('layout_version', 2)), { kind: 'newer' });
  });

  it('with a count beyond its array are damaged', () => {
    assert.deepEqual(decodeExtras(withField('extent_count', 17)), { kind: 'damaged' });
    assert.deepEqual(decodeExtras(withField('bad_spare_count', 97)), { kind: 'damaged' });
    assert.deepEqual(decodeExtras(withField('pool_length', 257)), { kind: 'damaged' });
  });

  it('keep the first 96 bad spares', () => {
    const badSpares = Array.from({ length: 120 }, (_, i) => 5000 + i);
    const state = decodeExtras(encoded({ ...NO_EXTRAS, badSpares }));
    assert.deepEqual(state.kind === 'ours' && state.extras.badSpares, badSpares.slice(0, 96));
  });
});
