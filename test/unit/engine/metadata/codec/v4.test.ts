import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { NO_EXTRAS } from '../../../../../src/engine/metadata/codec/extras';
import type { Field } from '../../../../../src/engine/metadata/codec/fieldLayout';
import {
  copyHolding,
  EXPANSION_OFFSET,
  entryOffset,
  freshStructure,
  MAX_ENTRIES,
  STRUCTURE_BYTES,
  structureChecksum,
  v4Entry,
  v4Expansion,
  v4Header,
} from '../../../../../src/engine/metadata/codec/v4';
import { MetadataState } from '../../../../../src/engine/metadata/metadataState';
import { changeStructure } from '../../../../../src/engine/metadata/stateChange';
import { encodePlain, plainChecksum } from '../../../../support/metadata/independentEncoder';
import {
  copyBytes,
  entries,
  FIXTURE_TIME,
  fixtureSpare,
  MAIN_SECTORS,
  SPARE_SECTORS,
} from '../../../../support/metadata/spares';

const TIMESTAMP = FIXTURE_TIME / 1000;

/** All fields of the structure, in the order of the disk. */
function v4Fields(): Field[] {
  const entriesAt = Array.from({ length: MAX_ENTRIES }, (_, slot) =>
    moved(v4Entry.fields, entryOffset(slot), `remaps[${slot}].`),
  );
  return [...v4Header.fields, ...entriesAt.flat(), ...moved(v4Expansion.fields, EXPANSION_OFFSET)];
}

function moved(fields: readonly Field[], base: number, prefix = ''): Field[] {
  return fields.map((field) => ({
    ...field,
    name: prefix + field.name,
    byteOffset: base + field.byteOffset,
  }));
}

function fresh(sequence = 2): Uint8Array {
  return freshStructure({
    mainSectorCount: MAIN_SECTORS,
    spareSectorCount: SPARE_SECTORS,
    sequence: BigInt(sequence),
    timestamp: BigInt(TIMESTAMP),
  });
}

/** The engine's structure with remaps and without our extras, as a kernel would have it. */
function withRemaps(count: number, sequence = 2): Uint8Array {
  const foreign = fresh();
  foreign[82240] = 1;
  const list = entries(count);
  const { bytes: structure } = changeStructure(MetadataState.of(foreign), {
    sequence: BigInt(sequence),
    timestamp: BigInt(TIMESTAMP),
    entryCount: count,
    changed: list.map((entry, slot) => ({ slot, entry })),
    nextSpare: 1280 + count,
    spareSectorCount: SPARE_SECTORS,
    health: {},
    extras: NO_EXTRAS,
  });
  structure[82240] = 0;
  v4Header.put(structure, 'metadata_checksum', structureChecksum(structure));
  return structure.subarray(0, STRUCTURE_BYTES);
}

describe('v4 structure', () => {
  it('has each sector of the metadata area in one copy or in none', () => {
    const copies = [0, 164, 165, 255, 256, 1024, 1188, 1189, 1280, 1281].map((sector) => copyHolding(sector));
    assert.deepEqual(copies, [0, 0, null, null, 1, 4, 4, null, null, null]);
  });

  it('has the sizes and offsets of the table', () => {
    assert.equal(v4Header.byteLength, 312);
    assert.equal(v4Entry.byteLength, 40);
    assert.equal(STRUCTURE_BYTES, 84288);
    const offsets = Object.fromEntries(v4Fields().map(({ name, byteOffset }) => [name, byteOffset]));
    const table = {
      magic: 0,
      version: 4,
      sequence_number: 8,
      timestamp: 16,
      metadata_checksum: 24,
      copy_index: 28,
      structure_size: 32,
      reserved: 36,
      main_device_uuid: 40,
      spare_device_uuid: 77,
      main_device_sectors: 120,
      spare_device_sectors: 128,
      sector_size: 136,
      remap_capacity: 140,
      device_fingerprint: 144,
      device_model: 176,
      'health.last_full_scan': 240,
      'health.next_scheduled_scan': 248,
      'health.health_score': 256,
      'health.scan_progress_percent': 260,
      'health.total_errors_found': 264,
      'health.predictive_remaps': 268,
      'health.scan_interval_hours': 272,
      'health.scan_flags': 276,
      'health.sectors_scanned': 280,
      active_remaps: 296,
      max_remaps: 300,
      next_spare_sector: 304,
      remap_flags: 308,
      'remaps[0].original_sector': 312,
      'remaps[0].spare_sector': 320,
      'remaps[0].remap_timestamp': 328,
      'remaps[0].access_count': 336,
      'remaps[0].error_count': 340,
      'remaps[0].remap_reason': 344,
      'remaps[0].flags': 346,
      'remaps[2047].original_sector': 312 + 40 * 2047,
      expansion_version: 82232,
      expansion_size: 82236,
      expansion_data: 82240,
    };
    for (const [name, offset] of Object.entries(table)) assert.equal(offsets[name], offset, name);
  });

  it('describes every byte once', () => {
    let end = 0;
    for (const { name, byteOffset, byteLength } of v4Fields()) {
      assert.equal(byteOffset, end, name);
      end += byteLength;
    }
    assert.equal(end, STRUCTURE_BYTES);
  });

  for (const count of [0, 3, 2048]) {
    it(`equals an encoder written from the table, with ${count} remaps`, () => {
      const plain = encodePlain({
        sequence: 7,
        timestamp: TIMESTAMP,
        mainSectors: MAIN_SECTORS,
        spareSectors: SPARE_SECTORS,
        nextSpare: 1280 + count,
        remaps: entries(count).map(({ original, spare, timeNs, errorCount, flags }) => ({
          original,
          spare,
          timeNs,
          errorCount,
          flags,
        })),
      });
      assert.deepEqual(Buffer.from(withRemaps(count, 7)), plain);
    });
  }

  it('has the bytes it always had', () => {
    const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex').slice(0, 16);
    assert.equal(hash(fresh().subarray(0, STRUCTURE_BYTES)), '499e3fa2bbe90f26');
    assert.equal(hash(withRemaps(3)), 'b3091860b93f20e2');
    assert.equal(hash(withRemaps(2048)), '207e2122e8ed2981');
    assert.equal(
      Buffer.from(withRemaps(1).subarray(0, 40)).toString('hex'),
      '34524d44040000000200000000000000e0edf068000000008cd389ab000000004049010000000000',
    );
  });

  it('equals what the real module wrote: no remaps', function () {
    const spare = fixtureSpare(this, 'spare-0-remaps');
    for (let copy = 0; copy < 5; copy++) {
      assert.deepEqual(copyBytes(spare, copy), fresh().subarray(0, STRUCTURE_BYTES));
    }
  });

  it('equals what the real module wrote: three remaps', function () {
    const spare = fixtureSpare(this, 'spare-3-remaps');
    const plain = encodePlain({
      sequence: 2,
      timestamp: TIMESTAMP,
      mainSectors: MAIN_SECTORS,
      spareSectors: SPARE_SECTORS,
      remaps: [1000, 1008, 1016].map((original, i) => ({
        original,
        spare: 1300 + i,
        timeNs: BigInt(TIMESTAMP) * 1_000_000_000n,
        errorCount: 1,
        flags: 2,
      })),
    });
    for (let copy = 0; copy < 5; copy++) assert.deepEqual(Buffer.from(copyBytes(spare, copy)), plain);
    assert.equal(plain.readUInt32LE(24), 0xca2c6a76);
    assert.equal(structureChecksum(copyBytes(spare, 0)), 0xca2c6a76);
  });

  it('gives back the same bytes after decoding and encoding, whatever they are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 312, maxLength: 312 }), (bytes) => {
        const out = new Uint8Array(312).fill(0xee);
        v4Header.encode(v4Header.decode(bytes), out);
        assert.deepEqual(out, bytes);
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 40, maxLength: 40 }), (bytes) => {
        const out = new Uint8Array(40).fill(0xee);
        v4Entry.encode(v4Entry.decode(bytes), out);
        assert.deepEqual(out, bytes);
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 2056, maxLength: 2056 }), (bytes) => {
        const out = new Uint8Array(2056).fill(0xee);
        v4Expansion.encode(v4Expansion.decode(bytes), out);
        assert.deepEqual(out, bytes);
      }),
    );
  });

  it('keeps every field that a commit does not concern', () => {
    const base = fresh();
    for (const { name, byteOffset, byteLength } of v4Header.fields) {
      if (/uuid|padding|reserved|fingerprint|model|flags|health|copy_index|capacity/.test(name)) {
        base.fill(0x11, byteOffset, byteOffset + byteLength);
      }
    }
    base.fill(0x22, 82240, 84288);
    const changed = changeStructure(MetadataState.of(base), {
      sequence: 9n,
      timestamp: 10n,
      entryCount: 0,
      changed: [],
      nextSpare: 1280,
      spareSectorCount: SPARE_SECTORS,
      health: { health_score: 77 },
      extras: NO_EXTRAS,
    });
    const expected = base.slice();
    v4Header.encode(
      { sequence_number: 9n, timestamp: 10n, next_spare_sector: 1280, 'health.health_score': 77 },
      expected,
    );
    v4Header.put(expected, 'metadata_checksum', plainChecksum(expected));
    assert.deepEqual(changed.bytes, expected);
  });

  it('clears the places of entries that are dropped', () => {
    const three = withRemaps(3);
    const base = new Uint8Array(165 * 512);
    base.set(three);
    const { bytes: one } = changeStructure(MetadataState.of(base), {
      sequence: 3n,
      timestamp: 10n,
      entryCount: 1,
      changed: [],
      nextSpare: 1283,
      spareSectorCount: SPARE_SECTORS,
      health: {},
      extras: NO_EXTRAS,
    });
    assert.deepEqual(one.subarray(312, 352), three.subarray(312, 352));
    assert.ok(one.subarray(352, 82232).every((byte) => byte === 0));
  });
});
