import assert from 'node:assert/strict';
import type { DeviceEntry } from '../../../src/devices/deviceEntry';
import type { DeviceInfo, DeviceSymptoms, RemapDevice } from '../../../src/engine';
import { arrange } from '../../../src/views/deviceOrder';

function entry(
  name: string,
  info?: Partial<DeviceInfo>,
  symptoms: Partial<DeviceSymptoms> = {},
): DeviceEntry {
  const metadata = { valid: 5, stale: 0, sequence: 7 };
  const counts = { remaps: 5, spareFree: 500, badSectors: 0, notRescued: 0, flakey: null, metadata };
  const unreadable = { badSectors: 0, notRescued: 0, first: null };
  const healthy = { reasons: [], unreadable, damagedCopies: 0, holdsRequests: false, healthScore: 100 };
  const device = {
    info: () => ({ state: 'active', ...counts, ...info }),
    symptoms: () => ({ ...healthy, ...symptoms }),
    sectorCount: info?.sectors ?? 2048,
    spec: { spares: [''] },
  };
  const known = { deviceKey: `/images/${name}.remap`, name, deviceFile: null, content: undefined };
  return { ...known, device: info && (device as unknown as RemapDevice), problem: undefined };
}

const full = { reasons: [{ kind: 'full', text: 'the spare is full' }] } as const;
const lost = { unreadable: { badSectors: 3, notRescued: 0, first: 7 } };

const devices = [
  entry('dev10', {}),
  entry('dev2', { sectors: 4096 }),
  entry('absent'),
  entry('bad', { badSectors: 3 }, lost),
  entry('full', { state: 'degraded' }, full),
  entry('slept', { state: 'suspended', sectors: 1024 }),
  entry('stopped', { state: 'suspended', badSectors: 3, sectors: 512 }, lost),
  { ...entry('broken'), problem: new Error('line 3 is wrong') },
];

function names(order: Parameters<typeof arrange>[1]['order'], filter = ''): string[] {
  return arrange(devices, { order, filter }).map(({ name }) => name);
}

describe('the order of devices', () => {
  it('is by trouble, the worst first, and by name where there is none or a harmless one', () => {
    assert.deepEqual(names('trouble'), [
      'broken',
      'full',
      'bad',
      'stopped',
      'absent',
      'dev2',
      'dev10',
      'slept',
    ]);
  });

  it('is by name as people count', () => {
    assert.deepEqual(names('name'), ['absent', 'bad', 'broken', 'dev2', 'dev10', 'full', 'slept', 'stopped']);
  });

  it('is by state, the most urgent first', () => {
    assert.deepEqual(names('state'), [
      'full',
      'slept',
      'stopped',
      'bad',
      'dev2',
      'dev10',
      'absent',
      'broken',
    ]);
  });

  it('is by size, the largest first', () => {
    assert.deepEqual(names('size'), ['dev2', 'bad', 'dev10', 'full', 'slept', 'stopped', 'absent', 'broken']);
  });
});

describe('the filter of devices', () => {
  it('finds words of the name, the path, the state and the trouble, all of them, in any case', () => {
    assert.deepEqual(names('name', 'DEV'), ['dev2', 'dev10']);
    assert.deepEqual(names('name', ' images  active '), ['bad', 'dev2', 'dev10']);
    assert.deepEqual(names('name', 'bad sectors'), ['bad', 'stopped']);
    assert.deepEqual(names('name', 'spare degraded'), ['full']);
    assert.deepEqual(names('name', 'not assembled'), ['absent', 'broken']);
    assert.deepEqual(names('name', 'nothing'), []);
  });
});
