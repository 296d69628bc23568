import assert from 'node:assert/strict';
import fc from 'fast-check';
import { int, loadVector, moduleOf, op } from '../../../src/editor/wasmCode';

const shared = new WebAssembly.Memory({ initial: 2, maximum: 2, shared: true });

function functionsOf(code: Uint8Array<ArrayBuffer>): Record<string, () => number> {
  const instance = new WebAssembly.Instance(new WebAssembly.Module(code), { memory: { shared } });
  return instance.exports as Record<string, () => number>;
}

describe('sector editor: code for WebAssembly', () => {
  it('has integers of any size', () => {
    const edges = [0, 0x3f, 0x40, 0x7f, 0x80, 0x1fff, 0x2000].flatMap((value) => [
      value,
      0 - value,
      -value - 1,
    ]);
    const numbers = fc.oneof(fc.constantFrom(...edges), fc.integer());
    fc.assert(
      fc.property(numbers, (value) => {
        const body = int(value);
        const { answer } = functionsOf(
          moduleOf({ answer: { paramCount: 0, intCount: 0, vectorCount: 0, body } }),
        );
        assert.equal(answer!(), value);
      }),
    );
  });

  it('has several functions, long ones too, over the shared memory', () => {
    const bytes = new Uint8Array(shared.buffer);
    bytes[70_000] = 0x80;
    const highBits = (from: number, offset: number) => ({
      ...{ paramCount: 0, intCount: 0, vectorCount: 0 },
      body: [int(from), loadVector(offset), op.highBits],
    });
    const addsOnes = Array.from({ length: 100 }, () => [int(1), op.add]);
    const { first, long } = functionsOf(
      moduleOf({
        first: highBits(60_000, 9_995),
        long: { paramCount: 0, intCount: 0, vectorCount: 0, body: [int(0), addsOnes] },
      }),
    );
    assert.equal(first!(), 1 << 5);
    assert.equal(long!(), 100);
  });
});
