import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { formatBytes } from '../../../../src/editor/clipboardText';
import { PASTED_FORMS, readAs, readPasted } from '../../../../src/shared/pasted/pastedBytes';
import { MAX_EDIT_BYTES } from '../../../../src/shared/protocol';
import { fuzzRuns } from '../../../support/fuzzRuns';
import { needing } from '../../../support/needs';

const GOLDEN = 'test/unit/shared/pasted/golden';

/** What the golden files are dumps of: each byte once, a run of zeros, letters, and bytes without order. */
function sample(length = 1000): Uint8Array {
  const at = (i: number) => (i < 256 ? i : i < 700 ? 0 : i < 730 ? 0x41 + (i % 26) : (i * i * 7 + 3) % 251);
  return Uint8Array.from({ length }, (_, i) => (i === 999 ? 0 : at(i)));
}

/** Its bytes in hexadecimal; what is wrong with it; `several forms`. */
function outcome(text: string): string {
  const reading = readPasted(text);
  if (reading === null) return 'several forms';
  return 'bytes' in reading ? Buffer.from(reading.bytes).toString('hex') : reading.message;
}

describe('pasted bytes', () => {
  for (const name of readdirSync(GOLDEN)) {
    it(`are those of a dump by the real program: ${name}`, () => {
      const text = readFileSync(`${GOLDEN}/${name}`, 'utf8');
      assert.deepEqual(readPasted(text), { bytes: sample(name === 'hexdump-odd.txt' ? 999 : 1000) });
    });
  }

  for (const [text, hex] of [
    ['de ad\nBE EF', 'deadbeef'],
    ['deadbeef', 'deadbeef'],
    ['0xdeadbeef', 'deadbeef'],
    ['0x41, 0x42,', '4142'],
    ['0xA 0xb', '0a0b'],
    ['\\x41\\x42', '4142'],
    ['"\\x41"\n  "\\x42";', '4142'],
    ['unsigned char x[] = {0x41, 66, 0X43};', '414243'],
    ['static const uint8_t x[2] = { /* two */ 1, // one\n 255 };', '01ff'],
    ['{ 10, 20 }', '0a14'],
    ['[1, 2, 255]', '0102ff'],
    ['1, 2, 255', '0102ff'],
    ['AQI=', '0102'],
    ['-_8=', 'fbff'],
    ['00000010: 4142  AB', '4142'],
    ['00000010  41 42  |AB|', '4142'],
    ['0000000 4241 0043\n0000003', '414243'],
    ['00000010: 41 41  AA\n*\n00000016: 42  B', '41414141414142'],
  ]) {
    it(`of ${JSON.stringify(text)} are ${hex}`, () => assert.equal(outcome(text!), hex));
  }

  for (const [text, message] of [
    ['hello, world', /in no form of bytes/],
    ['', /in no form of bytes/],
    ['abc', /in no form of bytes/],
    ['a b c', /in no form of bytes/],
    ['x[3]', /in no form of bytes/],
    [
      '00000000: 4142  AB\n00000010: 4344  CD',
      /Line 2 .* at 0x10, and the bytes before it end at 0x2: a part/,
    ],
    ['00000000: 4142  AC', /Line 1 .* the text beside the bytes is not theirs/],
    ['00000000: 464c457f  .ELF', /the text beside/],
    ['00000000  41 42  |AC|', /the text beside/],
    ['00000000  41 42  |AB|\n00000003', /Line 2 .* end at 0x2/],
    ['00000000  41 42  |AB|\n*', /ends with “\*”/],
    ['0000000 4241 0043', /The last line of the dump/],
    ['0000000 4241 0043\n0000005', /Line 2/],
    ['*\n00000000: 41  A', /repeats a line/],
    ['unsigned char x[4] = {1, 2};', /says that it has 4 elements, and lists 2/],
    ['unsigned char x[] = {1, 2};\nunsigned int x_len = 3;', /says that it has 3/],
    ['uint16_t x[] = {1, 2};', /not bytes but of the type uint16_t/],
    ['{256}', /256 is more than one byte/],
    ['{017}', /octal/],
    ['0x1234 0x56', /0x1234 is more than one byte/],
  ] as const) {
    it(`of ${JSON.stringify(text)} are refused`, () => assert.match(outcome(text), message));
  }

  for (const text of ['10, 20', 'Hello123', '00000000  41 42', '10000000 4241', 'deadbeef 01 02 03']) {
    it(`of ${JSON.stringify(text)} may be of several forms`, () =>
      assert.equal(outcome(text), 'several forms'));
  }

  it('are never more than an edit may have, whatever a dump says that it repeats', () => {
    const terabyte = '00000000: 00  .\n*\n10000000000: 00  .';
    const under = performance.now();
    assert.match(outcome(terabyte), /more than 16 MiB/);
    assert.ok(performance.now() - under < 1000);
    assert.match(outcome('00'.repeat(MAX_EDIT_BYTES + 1)), /more than 16 MiB/);
  });

  it('come back from every form that they are written in', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), (bytes) => {
        const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0'));
        const forms = {
          hex: hex.join(''),
          escapes: hex.map((byte) => `\\x${byte}`).join(''),
          prefixed: hex.map((byte) => `0x${byte}`).join(', '),
          c: formatBytes(bytes, 'c'),
          xxd: formatBytes(bytes, 'xxd', 4096),
        };
        for (const [form, text] of Object.entries(forms)) {
          assert.deepEqual(readPasted(text), { bytes }, form);
          assert.deepEqual(readAs(text, form as keyof typeof forms), { bytes }, form);
        }
        assert.deepEqual(readAs(formatBytes(bytes, 'base64'), 'base64'), { bytes });
      }),
    );
  });

  it(
    'come back from what the real programs print',
    needing('posixPrograms', () => {
      fc.assert(
        fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), fc.nat(400), (random, zeros) => {
          const bytes = Uint8Array.from([...random.subarray(0, 20), ...Array(zeros).fill(0), ...random]);
          for (const [program, ...options] of [
            ['xxd'],
            ['xxd', '-a', '-g1'],
            ['xxd', '-c', '7', '-g', '3'],
            ['xxd', '-i'],
            ['hexdump'],
            ['hexdump', '-C'],
          ] as const) {
            const text = printed(program, options, bytes);
            if (text !== null)
              assert.deepEqual(readPasted(text), { bytes }, `${program} ${options.join(' ')}`);
          }
        }),
        { numRuns: fuzzRuns(20) },
      );
    }),
  );

  it('are never invented: a text is read as all of it, or refused', () => {
    const golden = readdirSync(GOLDEN).map((name) => readFileSync(`${GOLDEN}/${name}`, 'utf8'));
    const cut = fc.record({ text: fc.constantFrom(...golden), at: fc.nat(6000), end: fc.nat(300) });
    fc.assert(
      fc.property(cut, fc.string({ maxLength: 3 }), ({ text, at, end }, typed) => {
        const changed = text.slice(0, at) + typed + text.slice(at + end);
        for (const form of PASTED_FORMS) check(readAs(changed, form), changed);
        const reading = readPasted(changed);
        if (reading) check(reading, changed);
      }),
      { numRuns: fuzzRuns(500) },
    );
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'0x1aF,: \n|*{}[]=\\"/') })),
        (text) => {
          for (const form of PASTED_FORMS) check(readAs(text, form), text);
        },
      ),
      { numRuns: fuzzRuns(2000) },
    );
  });
});

/** A byte has at least a digit in its text, or a “*” stands for it. */
function check(reading: ReturnType<typeof readAs>, text: string): void {
  if (reading === null || 'message' in reading || text.includes('*')) return;
  assert.ok(reading.bytes.length > 0 && reading.bytes.length <= text.length);
}

/** What a program prints about bytes; null where it isn't on this machine. */
function printed(program: string, options: readonly string[], bytes: Uint8Array): string | null {
  try {
    return execFileSync(program, options, {
      input: bytes,
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'ignore'],
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
