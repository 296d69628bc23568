import assert from 'node:assert/strict';
import { inspect, utf8Character } from '../../../../media/editor/inspectorValues';

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
