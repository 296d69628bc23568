import assert from 'node:assert/strict';
import { FieldMarks, fieldAt, type Structure } from '../../../../media/editor/structureFields';

const field = (level: number, name: string, byteOffset: number, byteCount: number) => ({
  level,
  name,
  value: `of ${name}`,
  meaning: '',
  byteOffset,
  byteCount,
  link: null,
});

const INODES: Structure = {
  name: 'Inodes',
  byteOffset: 100,
  byteCount: 40,
  isChecksumRight: null,
  fields: [
    field(1, 'Magic', 100, 4),
    field(1, 'Inode 1', 104, 16),
    field(2, 'Kind', 104, 2),
    field(2, 'Mode', 104, 2),
    field(2, 'Size', 108, 4),
    field(1, 'End', 120, 2),
  ],
};

describe('sector editor: fields of structures', () => {
  it('the smallest field over a byte is its field, named with what it is part of', () => {
    const namesAt = [100, 105, 107, 109, 121, 139].map((at) => fieldAt([INODES], at)?.name);
    assert.deepEqual(namesAt, [
      'Inodes › Magic',
      'Inodes › Inode 1 › Kind',
      'Inodes › Inode 1',
      'Inodes › Inode 1 › Size',
      'Inodes › End',
      'Inodes',
    ]);
    for (const outside of [0, 99, 140]) assert.equal(fieldAt([INODES], outside), null);
  });

  it('of several structures the smallest field counts, and says of which structure it is', () => {
    const other = { ...INODES, name: 'Other', fields: [field(1, 'Half', 108, 2)] };
    const found = fieldAt([INODES, other], 108);
    assert.deepEqual([found?.name, found?.structure, found?.index], ['Other › Half', 1, 0]);
    assert.equal(fieldAt([INODES, other], 110)?.name, 'Inodes › Inode 1 › Size');
  });

  it('marks tell neighbours apart; groups and gaps have none', () => {
    const marks = new FieldMarks([INODES]);
    const at = (places: number[]) => places.map((place) => marks.of(place));
    assert.deepEqual(at([99, 100, 103, 104, 105, 106, 108, 120, 122]), [0, 5, 1, 6, 2, 0, 5, 6, 0]);
    marks.current = { byteOffset: 108, byteCount: 4 };
    assert.deepEqual(at([107, 108, 111, 112]), [0, 13, 9, 0]);
  });

  it('a structure with enormous fields has no marks: memory stays small', () => {
    const marks = new FieldMarks([{ ...INODES, fields: [field(1, 'All', 0, 1 << 30)] }]);
    assert.equal(marks.of(0), 0);
  });
});
