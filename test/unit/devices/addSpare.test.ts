import assert from 'node:assert/strict';
import { parseDeviceFile } from '../../../src/contract/deviceFile';
import { editSpares } from '../../../src/devices/addSpare';

describe('a device file that gets another spare', () => {
  it('keeps its comments, and names all spares', () => {
    const text =
      '{\n  // the old disk\n  "main": "main.img",\n  "spare": "a.img",\n  "flakey": "0 1 1 error_reads"\n}\n';
    const edited = editSpares(text, ['a.img', 'b.img']);
    assert.ok(edited.includes('// the old disk'));
    const { spares, flakey } = parseDeviceFile(edited, '/disk.remap');
    assert.deepEqual([spares, flakey], [['/a.img', '/b.img'], '0 1 1 error_reads']);
  });

  it('may name several already', () => {
    const edited = editSpares('{ "main": "m", "spare": ["a", "b"] }', ['a', 'b', 'c']);
    assert.deepEqual(parseDeviceFile(edited, '/disk.remap').spares, ['/a', '/b', '/c']);
  });
});
