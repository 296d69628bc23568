import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeviceInfo } from '../../src/engine/device/deviceContracts';
import { call, Folder, fails, sparseFile } from '../support/extension/remap';

const folder = new Folder('wrong');
const MAIN_SECTORS = 204_800;

/** Size and time of change of every file in the folder, since wrong input must change none. */
function snapshot(): Record<string, string> {
  const names = readdirSync(folder.path).sort();
  return Object.fromEntries(
    names.map((name) => {
      const { size, mtimeMs } = statSync(join(folder.path, name));
      return [name, `${size} ${mtimeMs}`];
    }),
  );
}

async function failsAndChangesNothing(pattern: RegExp, command: string, ...args: unknown[]): Promise<void> {
  const files = snapshot();
  const devices = await call<DeviceInfo[]>('remap.listDevices');
  await fails(pattern, command, ...args);
  assert.deepEqual(snapshot(), files);
  assert.deepEqual(
    (await call<DeviceInfo[]>('remap.listDevices')).map(({ name }) => name),
    devices.map(({ name }) => name),
  );
}

describe('wrong input', () => {
  let good: DeviceInfo;

  before(async () => {
    await folder.create();
    good = await call('remap.createDevice', {
      path: folder.file('good.remap'),
      mainSectors: MAIN_SECTORS,
      spareSectors: 102_400,
    });
    await call('remap.remove', 'good');
  });

  after(() => folder.remove());

  it('an image shorter than 2,048 sectors', async () => {
    await sparseFile(folder.file('short.img'), 2047 * 512);
    await failsAndChangesNothing(/^ENOSPC: .*2047 sectors.*2048/, 'remap.assemble', {
      main: folder.file('short.img'),
      spare: good.spare,
    });
    await failsAndChangesNothing(/^ENOSPC: .*2047/, 'remap.createDevice', {
      path: folder.file('tiny.remap'),
      mainSectors: 2047,
      spareSectors: 4096,
    });
  });

  it('a spare one sector too small', async () => {
    await sparseFile(folder.file('small.img'), 5540 * 512);
    await failsAndChangesNothing(/^ENOSPC: .*5540.*5541/, 'remap.assemble', {
      main: good.main,
      spare: folder.file('small.img'),
    });
    await failsAndChangesNothing(/^ENOSPC: .*5540.*5541/, 'remap.createDevice', {
      path: folder.file('tiny.remap'),
      mainSectors: MAIN_SECTORS,
      spareSectors: 5540,
    });
  });

  it('a blank spare, and a foreign one', async () => {
    await sparseFile(folder.file('blank.img'), 102_400 * 512);
    await failsAndChangesNothing(/^ENODATA: .*blank\.img.*blank/, 'remap.assemble', {
      main: good.main,
      spare: folder.file('blank.img'),
    });
    await sparseFile(folder.file('foreign.img'), 102_400 * 512);
    const foreign = await open(folder.file('foreign.img'), 'r+');
    await foreign.write('a foreign file system', 1080);
    await foreign.close();
    await failsAndChangesNothing(/^E(NODATA|INVAL): .*foreign\.img/, 'remap.assemble', {
      main: good.main,
      spare: folder.file('foreign.img'),
    });
  });

  it('a main image of another size than the metadata say', async () => {
    await sparseFile(folder.file('other.img'), 102_400 * 512);
    await failsAndChangesNothing(/^EINVAL: .*204800.*102400|^EINVAL: .*102400.*204800/, 'remap.assemble', {
      main: folder.file('other.img'),
      spare: good.spare,
    });
  });

  it('a file that vanished', async () => {
    writeFileSync(folder.file('gone.remap'), '{ "main": "gone.img", "spare": "good-spare.img" }');
    await failsAndChangesNothing(/^ENOENT: .*gone\.img/, 'remap.assemble', folder.file('gone.remap'));
    await rm(folder.file('gone.remap'));
    await failsAndChangesNothing(
      /^ENOENT: .*gone\.remap does not exist/,
      'remap.assemble',
      folder.file('gone.remap'),
    );
  });

  it('a read-only file', async () => {
    chmodSync(folder.file('good.img'), 0o444);
    await failsAndChangesNothing(/^E(ACCES|ROFS): .*good\.img/, 'remap.assemble', folder.file('good.remap'));
    chmodSync(folder.file('good.img'), 0o644);
  });

  it('a device file with a syntax error', async () => {
    writeFileSync(folder.file('broken.remap'), '{\n  "main": "good.img"\n  "spare": "good-spare.img"\n}\n');
    await failsAndChangesNothing(
      /^EINVAL: .*broken\.remap:3:3: syntax error: comma expected$/,
      'remap.assemble',
      folder.file('broken.remap'),
    );
    await rm(folder.file('broken.remap'));
  });

  it('a sector out of range', async () => {
    await call('remap.assemble', folder.file('good.remap'));
    const outside = /^EINVAL: sector 204800 is outside the device, which ends at sector 204799$/;
    await fails(outside, 'remap.read', 'good', { sector: 204_800, count: 1 });
    await fails(outside, 'remap.write', 'good', {
      sector: 204_800,
      base64: Buffer.alloc(512).toString('base64'),
    });
    await fails(outside, 'remap.remapSector', 'good', 204_800);
    await fails(outside, 'remap.writeMarkers', 'good', { sectors: [1, 204_800] });
    await fails(/^EINVAL: .*204800/, 'remap.injectErrors', 'good', { sectors: [[204_799, 2]] });
    assert.equal((await call<DeviceInfo>('remap.getDevice', 'good')).badSectors, 0);
    assert.deepEqual(await call('remap.read', 'good', { sector: 1, count: 1 }), {
      base64: Buffer.alloc(512).toString('base64'),
      failed: [],
      notRescued: [],
    });
  });

  it('a device that another window has open', async () => {
    await call('remap.remove', 'good');
    const owner = await openElsewhere(good.main);
    try {
      await failsAndChangesNothing(/^EBUSY: .*good\.img/, 'remap.assemble', folder.file('good.remap'));
    } finally {
      await owner.end();
    }
    assert.equal((await call<DeviceInfo>('remap.assemble', folder.file('good.remap'))).name, 'good');
    assert.match(readFileSync(folder.file('good.remap'), 'utf8'), /good\.img/);
  });

  it('a lock that a program on another computer has, until it is broken', async () => {
    await call('remap.remove', 'good');
    const lockPath = folder.file('.good.img.lock');
    const owner = { pid: 77, host: 'desk', platform: 'none', nonce: '0123456789ab' };
    writeFileSync(lockPath, JSON.stringify(owner));
    await failsAndChangesNothing(
      /^EBUSY: .*process 77 on desk.* delete .*\.good\.img\.lock/,
      'remap.assemble',
      folder.file('good.remap'),
    );
    const broken = await call('remap.breakLock', folder.file('good.remap'));
    assert.deepEqual(broken, [{ image: good.main, lockPath, owner: { pid: 77, host: 'desk' } }]);
    await fails(/^ENOENT: no lock is in the way/, 'remap.breakLock', good.main);
    assert.equal((await call<DeviceInfo>('remap.assemble', folder.file('good.remap'))).name, 'good');
    await fails(/^EBUSY: .*already open in this process/, 'remap.breakLock', 'good');
  });

  it('arguments of the wrong kind', async () => {
    await fails(/^EINVAL: "count" is missing/, 'remap.read', 'good', { sector: 0 });
    await fails(/^EINVAL: "sector" must be a whole number/, 'remap.read', 'good', { sector: -1, count: 1 });
    await fails(/^EINVAL: "from" must be one of device, main, spare/, 'remap.read', 'good', {
      sector: 0,
      count: 1,
      from: 'x',
    });
    await fails(/^EINVAL: "base64" is not base64/, 'remap.write', 'good', { sector: 0, base64: '!' });
    await fails(/^EINVAL: .*whole number of 512-byte sectors/, 'remap.write', 'good', {
      sector: 0,
      base64: 'AAAA',
    });
    await fails(/^EINVAL: nothing to inject/, 'remap.injectErrors', 'good', {});
    await fails(/^EINVAL: "sectors" must be a list of ranges/, 'remap.injectErrors', 'good', {
      sectors: [5],
    });
    await fails(/^EINVAL: /, 'remap.injectErrors', 'good', { flakey: '0 1 1 error_everything' });
    await fails(/^ENODEV: there is no device "unknown"/, 'remap.getDevice', 'unknown');
    await fails(/^EINVAL: a device is given by/, 'remap.getDevice', 5);
    await fails(/^EINVAL: "dialect" must be one of/, 'remap.status', 'good', { dialect: 'v3' });
    await fails(/^EINVAL: "mainSectors" is missing/, 'remap.createDevice', { path: folder.file('x.remap') });
    await fails(/^EINVAL: Unknown command 'x'/, 'remap.message', 'good', 'x');
  });
});

/** Starts another process that holds an image's lock, as another window does. */
async function openElsewhere(path: string): Promise<{ end(): Promise<void> }> {
  const script = join(process.env.REMAP_ROOT!, 'out', 'support', 'extension', 'lockHolder.js');
  const child = spawn(process.execPath, [script, path], { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    child.stdout.once('data', () => resolve());
    child.once('exit', () => reject(new Error('the process that was to hold the image ended')));
  });
  return {
    end: () => {
      child.stdin.end();
      return exited;
    },
  };
}
