import assert from 'node:assert/strict';
import fc from 'fast-check';
import { INSPECTED_BYTES, READINGS } from '../../../../media/editor/inspectorValues';

/** Readings of which no value has two forms on the disk: what is written again is what was read. */
const EXACT = /^(binary|u?int\d+|[US]LEB128|time_t \d+|FILETIME|DOS date|GUID|ASCII|Latin-1|UTF-8|UTF-16)$/;
const ORDERS = [true, false] as const;

function reading(name: string) {
  const found = READINGS.find((each) => each.name === name);
  assert.ok(found, name);
  return found;
}

function read(name: string, hex: string, isLittle = true): string | null {
  return reading(name).read(Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex')), isLittle);
}

function write(name: string, text: string, isLittle = true, current = '00'): string | null {
  const bytes = reading(name).write(text, isLittle, Uint8Array.from(Buffer.from(current, 'hex')));
  return bytes && Buffer.from(bytes).toString('hex');
}

describe('sector editor: data inspector', () => {
  it('reads and writes integers of 8 to 64 bits both ways', () => {
    const bytes = 'ff 01 02 03 04 05 06 80';
    assert.equal(read('int8', bytes), '-1');
    assert.equal(read('uint16', bytes), '511');
    assert.equal(read('uint16', bytes, false), '65281');
    assert.equal(read('uint24', bytes), String(0x0201ff));
    assert.equal(read('int24', bytes, false), String(0xff0102 - (1 << 24)));
    assert.equal(read('int64', bytes), String(BigInt.asIntN(64, 0x80060504030201ffn)));
    assert.equal(read('uint64', bytes, false), String(0xff01020304050680n));
    assert.equal(write('uint24', '0x0201ff'), 'ff0102');
    assert.equal(write('int24', '-2', false), 'fffffe');
    assert.equal(write('uint32', '4,294,967,295'), 'ffffffff');
    assert.equal(write('binary', '10000001'), '81');
  });

  it('refuses integers that do not fit, and what is no number', () => {
    for (const [name, text] of [
      ['uint8', '256'],
      ['int8', '128'],
      ['uint64', '-1'],
      ['uint24', '16777216'],
      ['int16', ''],
      ['int16', '1.5'],
      ['binary', '102'],
      ['ULEB128', '128'],
      ['SLEB128', '64'],
    ] as const)
      assert.equal(write(name, text), null, `${text} as ${name}`);
  });

  it('reads LEB128, and writes it as long as it was', () => {
    assert.equal(read('ULEB128', 'e58e26 ff'), '624485');
    assert.equal(read('SLEB128', 'c0bb78'), '-123456');
    assert.equal(read('ULEB128', 'ff'.repeat(16)), null);
    assert.equal(read('ULEB128', `${'ff'.repeat(9)}01`), String(2n ** 64n - 1n));
    assert.equal(read('ULEB128', `${'ff'.repeat(9)}02`), null);
    assert.equal(read('SLEB128', `${'80'.repeat(9)}7f`), String(-(2n ** 63n)));
    assert.equal(write('ULEB128', '1', true, 'e58e26'), '818000');
    assert.equal(write('SLEB128', '-1', true, 'c0bb78'), 'ffff7f');
    assert.equal(write('ULEB128', '1', true, 'ff'), null, 'there is no end to write up to');
  });

  it('reads and writes half, float and double', () => {
    for (const [text, half] of [
      ['1', '3c00'],
      ['-2', 'c000'],
      ['65504', '7bff'],
      ['0.33325', '3555'],
      ['Infinity', '7c00'],
      ['-0', '8000'],
    ] as const) {
      assert.equal(read('float16', half, false), text);
      assert.equal(write('float16', text, false), half);
    }
    assert.equal(read('float16', '0001', false), '5.9605e-8');
    assert.equal(write('float16', '5.9605e-8'), '0100');
    assert.equal(write('float16', '2049', false), '6800', 'rounds to even');
    assert.equal(read('float16', '7e00', false), 'NaN');
    assert.equal(write('float16', '65520'), null);
    assert.equal(read('float32', '0000003f'), '0.5');
    assert.equal(write('float32', '0.5', false), '3f000000');
    assert.equal(write('float32', '1e39'), null);
    assert.equal(write('float64', '-1.5', false), 'bff8000000000000');
    assert.equal(write('float64', 'x'), null);
  });

  it('every half is written as it was read', () => {
    for (let half = 0; half < 0x10000; half++) {
      const hex = half.toString(16).padStart(4, '0');
      const text = read('float16', hex, false)!;
      if (text !== 'NaN') assert.equal(write('float16', text, false), hex, text);
    }
  });

  it('reads and writes times', () => {
    assert.equal(read('time_t 32', '00f15365'), '2023-11-14T22:13:20Z');
    assert.equal(read('time_t 32', '80000000', false), '1901-12-13T20:45:52Z');
    assert.equal(write('time_t 32', '1970-01-02', false), '00015180');
    assert.equal(write('time_t 32', '2038-01-19 03:14:08'), null);
    assert.equal(read('time_t 64', '00f1536500000000'), '2023-11-14T22:13:20Z');
    assert.equal(read('time_t 64', 'ffffffffffffff7f'), null);
    assert.equal(read('FILETIME', '0080 3ed5 deb1 9d01'), '1970-01-01T00:00:00Z');
    assert.equal(read('FILETIME', '0180 3ed5 deb1 9d01'), '1970-01-01T00:00:00.0000001Z');
    assert.equal(write('FILETIME', '1970-01-01T00:00:00.0000001Z'), '01803ed5deb19d01');
    assert.equal(read('DOS date', '4571 6a58'), '2024-03-10 14:10:10');
    assert.equal(write('DOS date', '2024-03-10 14:10:10'), '45716a58');
    assert.equal(read('DOS date', '00000000'), null, 'month 0');
    assert.equal(read('DOS date', '0000 5e58'), null, '30 February');
    for (const wrong of ['1979-12-31', '2024-02-30', '2024-03-10 14:10:11', 'today']) {
      assert.equal(write('DOS date', wrong), null, wrong);
    }
  });

  it('reads and writes GUIDs both ways', () => {
    const little = '28732ac11ff8d211ba4b00a0c93ec93b';
    assert.equal(read('GUID', little), 'c12a7328-f81f-11d2-ba4b-00a0c93ec93b');
    assert.equal(read('GUID', little, false), '28732ac1-1ff8-d211-ba4b-00a0c93ec93b');
    assert.equal(write('GUID', '{C12A7328-F81F-11D2-BA4B-00A0C93EC93B}'), little);
    assert.equal(write('GUID', 'c12a7328'), null);
  });

  it('reads a character in each encoding, and writes text', () => {
    assert.equal(read('ASCII', '41'), 'A');
    assert.equal(read('ASCII', 'e9'), null);
    assert.equal(read('Latin-1', 'e9'), 'é');
    assert.equal(read('UTF-8', Buffer.from('€uro').toString('hex')), '€');
    assert.equal(read('UTF-8', Buffer.from('😀').toString('hex')), '😀');
    assert.equal(read('UTF-8', '0a'), 'U+000A');
    assert.equal(read('UTF-8', 'efbbbf'), 'U+FEFF');
    for (const broken of ['80', 'c3', '']) assert.equal(read('UTF-8', broken), null);
    assert.equal(read('UTF-16', 'ac20'), '€');
    assert.equal(read('UTF-16', '20ac', false), '€');
    assert.equal(read('UTF-16', '3dd800de'), '😀');
    assert.equal(read('UTF-16', '00d8'), null);
    assert.equal(write('UTF-8', 'é!'), 'c3a921');
    assert.equal(write('Latin-1', 'é!'), 'e921');
    assert.equal(write('ASCII', 'é'), null);
    assert.equal(write('UTF-16', '😀', false), 'd83dde00');
    assert.equal(write('UTF-8', 'U+000A'), '0a');
    assert.equal(write('UTF-8', ''), null);
  });

  it('has no value where the bytes do not reach', () => {
    assert.equal(read('uint16', '0102'), '513');
    for (const { read: of } of READINGS) assert.equal(of(new Uint8Array(0), true), null);
  });

  it('writes what it has read to the same bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: INSPECTED_BYTES, maxLength: INSPECTED_BYTES }), (bytes) => {
        for (const each of READINGS.filter(({ name }) => EXACT.test(name))) {
          for (const isLittle of ORDERS) {
            const text = each.read(bytes, isLittle);
            if (text === null) continue;
            const written = each.write(text, isLittle, bytes);
            assert.ok(written, `${each.name} ${text}`);
            assert.deepEqual([...written], [...bytes.subarray(0, written.length)], `${each.name} ${text}`);
          }
        }
      }),
      { numRuns: 1000 },
    );
  });
});
