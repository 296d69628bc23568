import assert from 'node:assert/strict';
import { formatContents } from '../../../src/contract/fileText';

const whole = (text: string | Buffer) => ({ bytes: Buffer.from(text), unreadable: [], size: text.length });

describe('The contents of a file for people', () => {
  it('are text as it is, and other bytes in hexadecimal', () => {
    assert.equal(formatContents(whole('one\ntwo\n')), 'one\ntwo\n');
    const binary = new Uint8Array(512);
    assert.match(
      formatContents({ bytes: binary, unreadable: [], size: 3 }),
      /^Sector 0\n0000000000 {2}00 00/,
    );
    assert.match(formatContents(whole(Buffer.of(0xff, 0xd8, 0xff, 0xe0, 0xc3, 0x28))), /ff d8 ff e0 c3 28/);
    assert.equal(formatContents({ bytes: new Uint8Array(0), unreadable: [], size: 0 }), '');
  });

  it('have the parts that could not be read marked in their place, never as zeros', () => {
    const bytes = new Uint8Array(1536);
    bytes.fill(0x61, 0, 512);
    bytes.fill(0x62, 1024);
    const text = formatContents({ bytes, unreadable: [[1, 1]], size: 1100 });
    const mark = "\n[512 bytes from byte 512 on can't be read]\n";
    assert.equal(text, `${'a'.repeat(512)}${mark}${'b'.repeat(76)}`);
    const last = formatContents({ bytes, unreadable: [[1, 2]], size: 1100 });
    assert.ok(last.endsWith("\n[588 bytes from byte 512 on can't be read]\n"));
    bytes[3] = 0;
    assert.match(formatContents({ bytes, unreadable: [[1, 1]], size: 1100 }), /\nSector 1\n {2}unreadable\n/);
  });

  it('say how much is not shown', () => {
    assert.match(formatContents({ ...whole('abc'), size: 2003 }), /^abc\n\[2,000 more bytes are not shown/);
  });

  it('may begin and end within a character beside what could not be read', () => {
    const bytes = Buffer.alloc(1024, 0x61);
    bytes[511] = 0xc3;
    assert.match(formatContents({ bytes, unreadable: [[1, 1]], size: 1024 }), /^a{511}\ufffd\n\[512 bytes/);
  });
});
