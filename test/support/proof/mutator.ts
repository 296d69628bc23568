import { type Random, randomInteger } from '../../../src/engine/block/random';

const SNIPPETS = [
  ...[
    '0x',
    '0X7FFFFFFFFFFFFFFF',
    '9007199254740993',
    '18446744073709551616',
    '4294967296',
    '-1',
    '1e9',
    '08',
    'NaN',
  ],
  ...[
    '\n',
    '\r\n',
    '\n\n',
    '#',
    ' ',
    '\t',
    '\0',
    '+',
    '-',
    '?',
    '*',
    '/',
    'F',
    '\\',
    '"',
    "'",
    '\xff',
    '__proto__',
  ],
  ...['error_reads', 'corrupt_bio_byte', 'dm-remap-v4', 'addbadblock ', '# Remap Inspector: ', '0 '],
];

/** A specimen with one to four things wrong with it: bytes changed, cut out, doubled, or put in. */
export function mutateText(specimen: Uint8Array, random: Random): Uint8Array {
  let bytes: Buffer = Buffer.from(specimen);
  for (let left = 1 + randomInteger(random, 4); left > 0; left--) bytes = mutateOnce(bytes, random);
  return bytes;
}

function mutateOnce(bytes: Buffer, random: Random): Buffer {
  const at = randomInteger(random, bytes.length + 1);
  const end = Math.min(bytes.length, at + randomInteger(random, randomInteger(random, 4) === 0 ? 200 : 4));
  const [before, middle, after] = [bytes.subarray(0, at), bytes.subarray(at, end), bytes.subarray(end)];
  switch (randomInteger(random, 4)) {
    case 0:
      return Buffer.concat([before, after]);
    case 1:
      return Buffer.concat([before, middle, middle, after]);
    case 2:
      return Buffer.concat([before, Buffer.from([randomInteger(random, 256)]), after]);
    default: {
      const snippet = SNIPPETS[randomInteger(random, SNIPPETS.length)]!;
      return Buffer.concat([before, Buffer.from(snippet, 'latin1'), after]);
    }
  }
}
