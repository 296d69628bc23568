import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { BUILT_IN } from '../../../src/structure/catalog';
import type { StructureDescription } from '../../../src/structure/description';
import { recognizeAt } from '../../../src/structure/recognize';
import { readDescription } from '../../../src/structure/userDescription';
import { structureDisk } from '../../support/structureDisk';

const LABEL = {
  name: 'Label',
  byteCount: 64,
  where: [{ at: 0, text: 'LBL1' }],
  fields: [{ at: 0, name: 'Magic', type: 'text', byteCount: 4 }],
};

const SCHEMA = JSON.parse(readFileSync('media/structure.schema.json', 'utf8')) as {
  properties: object;
  definitions: Record<'field' | 'group' | 'checksum' | 'conditions', object>;
};

class Mistake extends Error {
  constructor(
    readonly path: readonly (string | number)[],
    problem: string,
  ) {
    super(`${path.join('.')}: ${problem}`);
  }
}

const read = (value: unknown) =>
  readDescription(value, (path, problem) => {
    throw new Mistake(path, problem);
  });

/** The message of the mistake that is found, with its place. */
function mistake(value: unknown): string {
  try {
    read(value);
  } catch (error) {
    if (error instanceof Mistake) return error.message;
    throw error;
  }
  return 'none';
}

describe('structures described in files', () => {
  it('every description of ours can be one, but for what only ours may have', () => {
    for (const description of BUILT_IN) {
      const { lists, ...rest } = description;
      const plain = JSON.parse(JSON.stringify(rest), (key, value) =>
        key === 'link' && ('of' in value || 'isFromStart' in value) ? undefined : value,
      );
      // A swap header and the copies of dm-remap are told by places that are theirs alone.
      assert.deepEqual(read(plain), plain, description.name);
      assert.equal(mistake({ ...plain, lists: [] }).slice(0, 22), 'lists: “lists” is not ');
    }
  });

  it('is decoded as ours are: texts, numbers, flags, links, checksums', async () => {
    const description = read({
      ...LABEL,
      order: 'big',
      checksums: [{ at: 60, kind: 'crc32', from: 0, to: { at: 4, type: 'u8', times: 4 } }],
      fields: [
        { at: 0, name: 'Magic', type: 'text', byteCount: 4 },
        { at: 4, name: 'Words', type: 'u8' },
        { at: 5, name: 'Kind', type: 'u8', bits: [4, 4], values: { '0x2': 'second' } },
        { at: 6, name: 'Flags', type: 'u16', flags: { 1: 'one', 256: 'nine' }, meaning: 'What it may do' },
        { at: 8, name: 'Start', type: 'u32', link: { times: 512, from: 'structure' } },
        {
          at: 16,
          name: 'Pair',
          byteCount: 4,
          count: 2,
          summary: ['A'],
          fields: [{ at: 2, name: 'A', type: 'u16' }],
        },
      ],
    });
    const bytes = Buffer.alloc(1024);
    bytes.write('LBL1', 512);
    bytes.set([15, 0x2f, 1, 1, 0, 0, 0, 3], 512 + 4);
    bytes.writeUInt16BE(77, 512 + 22);
    const [found] = await recognizeAt(1, structureDisk(bytes), [description]);
    assert.deepEqual(
      found?.fields.map(({ name, value }) => `${name}: ${value}`),
      [
        'Magic: “LBL1”',
        'Words: 15 (0xF)',
        'Kind: 2: second',
        'Flags: 257 (0x101): one, nine',
        'Start: 3',
        'Pair 1: 0',
        'A: 0',
        'Pair 2: 77 (0x4D)',
        'A: 77 (0x4D)',
      ],
    );
    assert.equal(found.isChecksumRight, false);
    assert.equal(found.fields[3]?.meaning, 'What it may do');
    assert.equal(found.fields[4]?.link?.byteOffset, 512 + 3 * 512);
  });

  it('has a group as often as a number in it says, as far as there is room', async () => {
    const entry = { at: 8, name: 'Entry', byteCount: 4, fields: [{ at: 0, name: 'A', type: 'u32' }] };
    const groups = async (count: unknown, said: number) => {
      const description = read({ ...LABEL, fields: [{ ...entry, count }] });
      const bytes = Buffer.alloc(512);
      bytes.write('LBL1');
      bytes[4] = said;
      for (let i = 0; i < 14; i++) bytes[8 + 4 * i] = i;
      const [found] = await recognizeAt(0, structureDisk(bytes), [description]);
      return found!.fields.flatMap(({ level, name, value }) =>
        level === 1 ? [`${name} ${value}`.trim()] : [],
      );
    };
    const number = { at: 4, type: 'u8' };
    assert.deepEqual(await groups(number, 0), []);
    assert.deepEqual(await groups(number, 2), ['Entry 1', 'Entry 2']);
    assert.deepEqual(await groups({ ...number, times: 2, plus: 1 }, 1), ['Entry 1', 'Entry 2', 'Entry 3']);
    assert.deepEqual((await groups(number, 200)).slice(13), ['Entry 14', 'Entry 15 to 200 not shown']);
  });

  it('says where it is not known how many of them there are', async () => {
    const fields = [{ at: 0, name: 'A', type: 'u32' }];
    const group = { at: 8, name: 'Entry', byteCount: 4, count: { at: 516, type: 'u8' }, fields };
    const description = read({ ...LABEL, byteCount: 1024, fields: [group] });
    const bytes = Buffer.alloc(1024);
    bytes.write('LBL1');
    bytes[516] = 2;
    const values = async (bad: number[]) =>
      (await recognizeAt(0, structureDisk(bytes, 0, bad), [description]))[0]!.fields.map(
        ({ name, value }) => `${name} ${value}`,
      );
    assert.deepEqual(await values([]), ['Entry 1 ', 'A 0', 'Entry 2 ', 'A 0']);
    assert.deepEqual(await values([1]), ['Entry how many is not known']);
  });

  it('shows no more of them than there is use in', async () => {
    const fields = Array.from({ length: 99 }, (_, i) => ({ at: i, name: `F${i}`, type: 'u8' }));
    const group = { at: 100, name: 'G', byteCount: 100, count: { at: 4, type: 'u8' }, fields };
    const description = read({ ...LABEL, byteCount: 4096, fields: [group] });
    const bytes = Buffer.alloc(4096);
    bytes.write('LBL1');
    bytes[4] = 30;
    const [found] = await recognizeAt(0, structureDisk(bytes), [description]);
    assert.equal(found!.fields.length, 501);
    assert.equal(found!.fields.at(-1)?.name, 'G 6 to 30');
  });

  const field = { at: 0, name: 'A', type: 'u32' };
  const MISTAKES: [unknown, string][] = [
    [null, ': must be an object'],
    [[], ': must be an object'],
    [{ ...LABEL, nmae: 1 }, 'nmae: “nmae” is not known here: '],
    [{ ...LABEL, name: '' }, 'name: must be a text'],
    [{ ...LABEL, name: 'x'.repeat(101) }, 'name: must have at most 100 characters'],
    [{ ...LABEL, byteCount: 40_000 }, 'byteCount: must be a whole number from 1 to 32768'],
    [{ ...LABEL, order: 'middle' }, 'order: must be one of little, big'],
    [{ ...LABEL, where: [] }, 'where: must have 1 to 32 elements, and has 0'],
    [{ ...LABEL, where: [{ at: 62, hex: '010203' }] }, 'where.0.at: reaches beyond the structure'],
    [{ ...LABEL, where: [{ at: 0, hex: '123' }] }, 'where.0.hex: must be two hexadecimal digits'],
    [{ ...LABEL, where: [{ at: 0, hex: '12', text: 'a' }] }, 'where.0: must have either hex or text'],
    [{ ...LABEL, where: [{ at: 0, type: 'u8' }] }, 'where.0: must have one of hex, text'],
    [{ ...LABEL, where: [{ any: [{ any: [{ at: 0, hex: '00' }] }] }] }, 'where.0.any.0: “any” must not'],
    [{ ...LABEL, fields: [{ ...field, at: 61 }] }, 'fields.0.at: reaches beyond'],
    [{ ...LABEL, fields: [{ ...field, type: 'u33' }] }, 'fields.0.type: must be one of u8, '],
    [
      { ...LABEL, fields: [{ ...field, type: 'time40', unit: 's' }] },
      'fields.0.unit: “unit” is not known here',
    ],
    [
      { ...LABEL, fields: [{ ...field, values: { one: 'x' } }] },
      'fields.0.values.one: “one” must be a whole',
    ],
    [
      { ...LABEL, fields: [{ ...field, bits: [30, 4] }] },
      'fields.0.bits.1: must be a whole number from 1 to 2',
    ],
    [{ ...LABEL, fields: [{ at: 60, name: 'A', type: 'guid' }] }, 'fields.0.at: reaches beyond the 64 bytes'],
    [{ ...LABEL, fields: [{ ...field, link: { times: 0 } }] }, 'fields.0.link.times: must be a whole number'],
    [
      { ...LABEL, fields: [{ at: 32, name: 'G', byteCount: 16, count: 3, fields: [field] }] },
      'fields.0.at: reaches beyond the 64 bytes',
    ],
    [
      { ...LABEL, fields: [{ at: 0, name: 'G', byteCount: 2, fields: [field] }] },
      'fields.0.fields.0.at: reaches beyond the structure',
    ],
    [{ ...LABEL, checksums: [{ at: 0, kind: 'crc64' }] }, 'checksums.0.kind: must be one of crc32'],
    [{ ...LABEL, isVague: 'yes' }, 'isVague: must be true or false'],
    [
      {
        ...LABEL,
        fields: [{ at: 0, name: 'G', byteCount: 4, count: { at: 64, type: 'u8' }, fields: [field] }],
      },
      'fields.0.count.at: reaches beyond the structure',
    ],
  ];
  for (const [value, message] of MISTAKES) {
    it(`says what is wrong and where: ${message}`, () => {
      assert.equal(mistake(value).slice(0, message.length), message);
    });
  }

  it('the example in the README is one', () => {
    const examples = [...readFileSync('README.md', 'utf8').matchAll(/```json\n(.*?)```/gs)];
    const [, text] = examples.find(([, each]) => each?.includes('"where"')) ?? [];
    assert.equal(read(JSON.parse(text ?? '')).fields.length, 3);
  });

  it('the JSON schema has the same keys at every place', () => {
    const keysOf = (value: object) =>
      /known here: (.*) (?:is|are)$/.exec(mistake(value))?.[1]?.split(', ') ?? [];
    const field = { at: 0, name: 'A', type: 'u32', zz: 1 };
    const { properties, definitions } = SCHEMA;
    assert.deepEqual(keysOf({ ...LABEL, zz: 1 }), Object.keys(properties));
    const schemaKeys = (name: keyof typeof definitions) => {
      const found = definitions[name] as { properties?: object; items?: { properties?: object } };
      return Object.keys(found.properties ?? found.items?.properties ?? {}).sort();
    };
    assert.deepEqual(keysOf({ ...LABEL, fields: [field] }).sort(), schemaKeys('field'));
    const group = { at: 0, name: 'G', byteCount: 4, zz: 1, fields: [field] };
    assert.deepEqual(keysOf({ ...LABEL, fields: [group] }).sort(), schemaKeys('group'));
    assert.deepEqual(keysOf({ ...LABEL, checksums: [{ zz: 1 }] }).sort(), schemaKeys('checksum'));
    const number = keysOf({ ...LABEL, where: [{ at: 0, type: 'u8', zz: 1 }] });
    assert.deepEqual([...number, 'hex', 'text', 'any'].sort(), schemaKeys('conditions'));
  });

  it('one that would take long to be looked for is refused', () => {
    const any = Array(20).fill({ at: 0, hex: '00' });
    assert.equal(
      mistake({ ...LABEL, where: [{ any }, { any }] }),
      'where: has 40 conditions in all: at most 32 are possible',
    );
  });

  it('a description that would show thousands of fields is refused', () => {
    const group = {
      at: 0,
      name: 'G',
      byteCount: 8,
      count: 128,
      fields: Array(20).fill({ ...field, type: 'u8' }),
    };
    assert.match(
      mistake({ ...LABEL, byteCount: 1024, fields: [group] }),
      /^fields: shows 2688 fields in all/,
    );
  });

  it('any value is refused with its place, or decodes any bytes without failing', async () => {
    const mutated = fc
      .tuple(
        fc.constantFrom(...BUILT_IN).map(({ lists, ...rest }) => JSON.parse(JSON.stringify(rest)) as object),
        fc.array(fc.tuple(fc.nat(1000), fc.oneof(fc.jsonValue(), fc.integer(), fc.constant('u8'))), {
          maxLength: 4,
        }),
      )
      .map(([description, changes]) => changes.reduce(changeSome, description));
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(mutated, fc.jsonValue()),
        fc.uint8Array({ minLength: 2048, maxLength: 2048 }),
        async (value, noise) => {
          let description: StructureDescription;
          try {
            description = read(value);
          } catch (error) {
            assert.ok(error instanceof Mistake, `${error}`);
            return;
          }
          accepted++;
          const matched = { ...description, where: [] };
          await recognizeAt(1, structureDisk(noise), [matched]);
        },
      ),
      { numRuns: 2000 },
    );
    assert.ok(accepted > 50, `${accepted} were accepted`);
  });
});

/** Changes the value at one of the places of a JSON value. */
function changeSome(description: object, [place, value]: [number, unknown]): object {
  const places: [object, string][] = [];
  const walk = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    for (const [key, each] of Object.entries(node)) {
      places.push([node, key]);
      walk(each);
    }
  };
  walk(description);
  const chosen = places[place % Math.max(1, places.length)];
  if (chosen) (chosen[0] as Record<string, unknown>)[chosen[1]] = value;
  return description;
}
