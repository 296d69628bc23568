import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  bytes,
  isZero,
  layout,
  text,
  textOf,
  u8,
  u16,
  u32,
  u48,
  u64,
  viewOf,
} from '../../../../../src/engine/metadata/codec/fieldLayout';

const example = layout({
  kind: u8,
  count: u16,
  sector: u48,
  size: u32,
  time: u64,
  name: text(5),
  tail: bytes(3),
});
type Example = ReturnType<typeof example.decode>;

const ascii = (value: string) => new Uint8Array(Buffer.from(value));
const values: Example = {
  kind: 1,
  count: 0x0203,
  sector: 0x0405_0607_0809,
  size: 0x0a0b_0c0d,
  time: 0x0e0f_1011_1213_1415n,
  name: ascii('spare'),
  tail: new Uint8Array([1, 2, 3]),
};

describe('layout of fields', () => {
  it('puts the fields one after the other, little-endian', () => {
    const out = new Uint8Array(example.byteLength);
    example.encode(values, out);
    assert.equal(
      Buffer.from(out).toString('hex'),
      `010302090807060504${'0d0c0b0a'}${'15141312'}${'11100f0e'}${'7370617265'}010203`,
    );
    assert.deepEqual(
      example.fields.map(({ name, byteOffset, type }) => `${byteOffset} ${type} ${name}`),
      [
        '0 u8 kind',
        '1 u16 count',
        '3 u48 sector',
        '9 u32 size',
        '13 u64 time',
        '21 text name',
        '26 bytes tail',
      ],
    );
  });

  it('gives back what was written, at any offset', () => {
    const arbitrary = fc.record(
      {
        kind: fc.nat(0xff),
        count: fc.nat(0xffff),
        sector: fc.nat(2 ** 48 - 1),
        size: fc.nat(0xffff_ffff),
        time: fc.bigInt(0n, 2n ** 64n - 1n),
        name: fc.uint8Array({ minLength: 5, maxLength: 5 }),
        tail: fc.uint8Array({ minLength: 3, maxLength: 3 }),
      },
      { noNullPrototype: true },
    );
    fc.assert(
      fc.property(arbitrary, fc.nat(50), (written, base) => {
        const out = new Uint8Array(base + example.byteLength);
        example.encode(written, out, base);
        assert.deepEqual(example.decode(out, base), written);
        assert.equal(example.get(out, 'sector', base), written.sector);
      }),
    );
  });

  it('leaves the fields alone that are not given', () => {
    const out = new Uint8Array(example.byteLength);
    example.encode(values, out);
    example.encode({ count: 7 }, out);
    example.put(out, 'kind', 9);
    assert.deepEqual(example.decode(out), { ...values, kind: 9, count: 7 });
  });

  it('pads a short value with zeros', () => {
    const out = new Uint8Array(example.byteLength).fill(0xff);
    example.put(out, 'name', ascii('a'));
    assert.deepEqual(example.get(out, 'name'), new Uint8Array([0x61, 0, 0, 0, 0]));
  });

  it('refuses values that do not fit, and writes nothing then', () => {
    const out = new Uint8Array(example.byteLength);
    const view = viewOf(out);
    for (const put of [
      () => u8.put(view, 0, 256),
      () => u16.put(view, 0, -1),
      () => u32.put(view, 0, 1.5),
      () => u48.put(view, 0, 2 ** 48),
      () => u64.put(view, 0, 2n ** 64n),
      () => example.put(out, 'name', ascii('spares')),
    ]) {
      assert.throws(put, RangeError);
    }
    assert.ok(isZero(out));
  });

  it('shows a text up to its end, without the spaces that pad it', () => {
    assert.equal(textOf(ascii('main  ')), 'main');
    assert.equal(textOf(ascii('main\0rest')), 'main');
    assert.equal(textOf(new Uint8Array(4)), '');
  });
});
