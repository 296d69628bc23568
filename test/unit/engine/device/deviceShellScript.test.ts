import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { mapfilePath } from '../../../../src/engine/device/disk';
import { deviceRig } from '../../../support/device/deviceRig';
import { isHere } from '../../../support/needs';

describe('shell script of a device', () => {
  const rig = deviceRig();

  /** The script as its comments at the top, and the lines below them. */
  function script(): { comments: string[]; lines: string[] } {
    const text = rig.device.shellScript();
    if (isHere('bash')) assert.equal(spawnSync('bash', ['-n'], { input: text, encoding: 'utf8' }).stderr, '');
    const all = text.split('\n');
    const code = all.findIndex((line) => !line.startsWith('#'));
    return { comments: all.slice(0, code), lines: all.slice(code) };
  }
  const left = ({ comments }: { comments: string[] }) =>
    comments.filter((line) => line.startsWith('# Left out'));

  it('has dust sectors in dm-dust and the others in error segments', async () => {
    await rig.device.injectErrors({ sectors: [[100, 2]] });
    await rig.device.message('addbadblock 200');
    await rig.device.message('addbadblock 201 3');
    const made = script();
    for (const line of ['100 2 error', '200 1', '201 1 3']) assert.ok(made.lines.includes(line), line);
    assert.ok(made.lines.includes('dmsetup message disk-main-dust 0 enable'), made.lines.join('\n'));
    assert.deepEqual(left(made), []);
  });

  it('has those of the spare too', async () => {
    await rig.device.injectErrors({ sectors: [[2000, 1]], mode: 'dust', on: 'spare' });
    const { lines } = script();
    assert.ok(lines.includes('2000 1') && lines.includes('dmsetup message disk-spare-dust 0 enable'));
  });

  it('does not let sectors fail that are disabled, and says which it leaves out for that', async () => {
    await rig.device.injectErrors({ sectors: [[100, 2]] });
    await rig.device.message('addbadblock 200');
    await rig.device.message('disable');
    await rig.device.message('quiet');
    const made = script();
    assert.ok(!made.lines.some((line) => /^\d+ \d+ error$/.test(line)));
    assert.ok(!made.lines.some((line) => line.endsWith(' 0 enable')));
    assert.ok(made.lines.includes('200 1') && made.lines.includes('dmsetup message disk-main-dust 0 quiet'));
    assert.deepEqual(left(made), [
      '# Left out: 2 sectors (100-101) of main would fail for good, but the faults of main are disabled now.',
    ]);
  });

  it('says which sectors fail now and then, which it can not build', async () => {
    await rig.device.failNextRead([300, 302]);
    const made = script();
    assert.ok(!made.lines.some((line) => line.includes('error')));
    assert.deepEqual(left(made), [
      '# Left out: 2 sectors (300, 302) of main fail some reads only, which no target of dm does.',
    ]);
  });

  it('says which sectors were not rescued, and why', async () => {
    await rig.device.close();
    const size = 20_480 * 512;
    const map = `0x0 + 1\n0x0 0xC800 +\n0xC800 0x400 ?\n0xCC00 0x200 /\n0xCE00 ${size - 0xce00} +\n`;
    await writeFile(mapfilePath(rig.spec.main), map);
    await rig.assemble();
    const made = script();
    const tail = "here they read as what the image holds, which is not the disk's.";
    assert.deepEqual(left(made), [
      `# Left out: 2 sectors (100-101) of main not rescued (never tried); ${tail}`,
      `# Left out: 1 sector (102) of main not rescued (not scraped); ${tail}`,
    ]);
    assert.ok(!made.lines.some((line) => line.includes('error') || line.includes('dust')));
  });

  it('names some of very many ranges', async () => {
    await rig.device.failNextRead(Array.from({ length: 30 }, (_, index) => 300 + 2 * index));
    assert.match(
      left(script())[0]!,
      /^# Left out: 30 sectors \(300, 302, .*, 338, and 10 more ranges\) of main/,
    );
  });

  it('says which kernels take its flakey table', async () => {
    await rig.device.injectErrors({ flakey: '0 1 6 error_reads corrupt_bio_byte 1 r 1 0' });
    const { comments } = script();
    assert.ok(comments.some((line) => line.startsWith('# The flakey table: Newer kernels than 6.12 refuse')));
  });
});
