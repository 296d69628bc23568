import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  byteInWords,
  byteSize,
  offsetDigits,
  offsetText,
  originText,
  sectorTitle,
} from '../../../../media/editor/byteTexts';
import {
  INITIAL_CURSOR,
  type Motion,
  motionOfKey,
  move,
  placedAt,
  selectionOf,
} from '../../../../media/editor/cursor';
import { describe as describePlace } from '../../../../media/editor/editorStatus';
import { Geometry } from '../../../../media/editor/geometry';
import { inspect, utf8Character } from '../../../../media/editor/inspectorValues';
import { bucketSectors, bucketWords, marksOf } from '../../../../media/editor/mapModel';
import { MapFlag } from '../../../../src/shared/protocol';

describe('sector editor: cursor', () => {
  const geometry = new Geometry(4 * 512 + 100, 16);
  const at = (byteOffset: number, motion: Motion, extend = false) =>
    move(placedAt(INITIAL_CURSOR, byteOffset), motion, extend, geometry, 10).byteOffset;

  it('moves as the keys say', () => {
    assert.equal(at(100, 'left'), 99);
    assert.equal(at(0, 'left'), 0);
    assert.equal(at(100, 'down'), 116);
    assert.equal(at(5, 'up'), 5);
    assert.equal(at(100, 'rowStart'), 96);
    assert.equal(at(100, 'rowEnd'), 111);
    assert.equal(at(600, 'previousSector'), 512);
    assert.equal(at(512, 'previousSector'), 0);
    assert.equal(at(600, 'nextSector'), 1024);
    assert.equal(at(4 * 512 + 7, 'nextSector'), 4 * 512 + 7);
    assert.equal(at(600, 'start'), 0);
    assert.equal(at(600, 'end'), 4 * 512 + 99);
    assert.equal(at(4 * 512 + 98, 'rowEnd'), 4 * 512 + 99);
  });

  it('stays in its column of bytes on a page', () => {
    assert.equal(at(1000, 'pageDown'), 1160);
    assert.equal(at(1000, 'pageUp'), 840);
    assert.equal(at(37, 'pageUp'), 5);
  });

  it('never leaves the bytes', () => {
    const motions = fc.constantFrom<Motion>(
      ...(['left', 'right', 'up', 'down', 'rowStart', 'rowEnd', 'pageUp'] as const),
      ...(['pageDown', 'previousSector', 'nextSector', 'start', 'end'] as const),
    );
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5000 }),
        fc.array(fc.tuple(motions, fc.boolean()), { maxLength: 30 }),
        (byteCount, list) => {
          const shape = new Geometry(byteCount, 16);
          let cursor = INITIAL_CURSOR;
          for (const [motion, extend] of list) {
            cursor = move(cursor, motion, extend, shape, 7);
            const { start, end } = selectionOf(cursor);
            assert.ok(start >= 0 && end <= byteCount && end > start);
            if (!extend) assert.equal(end - start, 1);
          }
        },
      ),
    );
  });

  it('knows the keys', () => {
    assert.equal(motionOfKey('Home', false), 'rowStart');
    assert.equal(motionOfKey('Home', true), 'start');
    assert.equal(motionOfKey('ArrowDown', true), 'nextSector');
    assert.equal(motionOfKey('ArrowLeft', true), null);
    assert.equal(motionOfKey('a', false), null);
  });
});

describe('sector editor: words', () => {
  it('names sectors, offsets, bytes and sizes', () => {
    assert.equal(sectorTitle(1000), 'Sector 1000 · byte 0x7D000');
    assert.equal(offsetDigits(100), 8);
    assert.equal(offsetDigits(2 ** 44), 11);
    assert.equal(offsetDigits(2 ** 44 + 1), 12);
    assert.equal(offsetText(0x7d000, 8), '0007D000');
    assert.equal(byteInWords(0x74), "0x74 't'");
    assert.equal(byteInWords(0x20), '0x20 space');
    assert.equal(byteInWords(0x00), '0x00');
    assert.equal(byteSize(100 << 20), '100 MiB');
    assert.equal(byteSize(1536), '1.5 KiB');
    assert.equal(byteSize(511), '511 bytes');
    assert.equal(byteSize(2 ** 44), '16 TiB');
  });

  it('says where the bytes of each sector of a run come from', () => {
    assert.equal(
      originText({ kind: 'spare', sector: 1300, view: 'spare' }, 2),
      'remapped: from spare sector 1302',
    );
    assert.equal(
      originText({ kind: 'spare', sector: 7, view: 'spare1' }, 0),
      'remapped: from spare 2 sector 7',
    );
    assert.equal(originText({ kind: 'replacement', sector: 1000 }, 1), 'holds device sector 1001');
    const copy = { kind: 'metadata', copy: 3, valid: true, verdict: 'valid' } as const;
    assert.equal(originText(copy, 100), 'metadata copy 3, valid');
  });

  it('says all of a place in one line', () => {
    const cursor = placedAt(INITIAL_CURSOR, 0x7d005);
    const sector = {
      state: 'ready',
      bytes: new Uint8Array(512),
      origin: { kind: 'spare', sector: 1300, view: 'spare' },
      originIndex: 0,
      unreadable: null,
      unsaved: [],
    } as const;
    assert.equal(
      describePlace(cursor, sector, 0x65),
      "Sector 1000 + 5 · byte 0x7D005 · 0x65 'e' · remapped: from spare sector 1300",
    );
    assert.match(describePlace(cursor, { ...sector, unreadable: 'EIO' }, null), /unreadable/);
  });
});

describe('sector editor: data inspector', () => {
  const values = (bytes: number[]) =>
    new Map(inspect(Uint8Array.from(bytes)).map((value) => [value.name, value]));

  it('reads numbers both ways', () => {
    const read = values([0xff, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x80]);
    assert.deepEqual(read.get('int8'), { name: 'int8', little: '-1', big: '-1' });
    assert.deepEqual(read.get('uint16'), { name: 'uint16', little: '511', big: '65281' });
    assert.equal(read.get('int64')?.little, String(BigInt.asIntN(64, 0x80060504030201ffn)));
    assert.equal(read.get('uint64')?.big, String(0xff01020304050680n));
  });

  it('reads floats and times', () => {
    const float = new Uint8Array(8);
    new DataView(float.buffer).setFloat32(0, 0.5, true);
    assert.equal(values([...float]).get('float32')?.little, '0.5');
    const time = new Uint8Array(8);
    new DataView(time.buffer).setBigUint64(0, 1_700_000_000n, true);
    assert.equal(values([...time]).get('time (s)')?.little, '2023-11-14T22:13:20Z');
    assert.equal(values(new Array(8).fill(0xff)).get('time (s)')?.little, '–');
  });

  it('has no value where the bytes do not reach', () => {
    const read = values([1, 2]);
    assert.equal(read.get('uint16')?.little, '513');
    assert.equal(read.get('uint32')?.little, null);
  });

  it('reads UTF-8 characters', () => {
    const character = (text: string) => utf8Character(new TextEncoder().encode(text));
    assert.equal(character('aé'), 'a');
    assert.equal(character('é'), 'é');
    assert.equal(character('€uro'), '€');
    assert.equal(character('😀'), '😀');
    assert.equal(character('\n'), 'U+000A');
    assert.equal(character('\ufeff'), 'U+FEFF');
    assert.equal(utf8Character(Uint8Array.of(0x80)), null);
    assert.equal(utf8Character(Uint8Array.of(0xc3)), null);
    assert.equal(utf8Character(new Uint8Array(0)), null);
  });
});

describe('sector editor: map', () => {
  it('gives every sector a bucket, and every bucket its sectors', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2 ** 35 }),
        fc.integer({ min: 1, max: 2000 }),
        (sectors, buckets) => {
          let next = 0;
          for (let bucket = 0; bucket < buckets; bucket++) {
            const { first, end } = bucketSectors(bucket, buckets, sectors);
            assert.ok(first <= next && first < end && end <= sectors);
            next = end;
          }
          assert.equal(next, sectors);
        },
      ),
    );
  });

  it('joins neighbouring buckets into marks', () => {
    const { bad, remapped } = MapFlag;
    const marks = marksOf(Uint8Array.of(bad, bad | remapped, 0, remapped));
    assert.deepEqual(
      marks.map(({ lane, first, count }) => [lane.name, first, count]),
      [
        ['remapped', 1, 1],
        ['remapped', 3, 1],
        ['bad', 0, 2],
      ],
    );
    assert.equal(bucketWords(bad | remapped), 'remapped, bad');
  });
});
