import assert from 'node:assert/strict';
import type { DeviceEntry } from '../../../src/devices/deviceEntry';
import type { DeviceInfo, DeviceSymptoms, RemapDevice } from '../../../src/engine';
import { statusState } from '../../../src/views/statusState';

const healthy: DeviceSymptoms = {
  reasons: [],
  unreadable: { badSectors: 0, notRescued: 0, first: null },
  damagedCopies: 0,
  holdsRequests: false,
  healthScore: 100,
};

function entry(info?: Partial<DeviceInfo>, symptoms: Partial<DeviceSymptoms> = {}): DeviceEntry {
  const metadata = { valid: 5, stale: 0, sequence: 7 };
  const counts = { remaps: 5, spareFree: 500, badSectors: 0, notRescued: 0, flakey: null, metadata };
  const full = { state: 'active', reasons: [], ...counts, ...info };
  const device = { info: () => full, symptoms: () => ({ ...healthy, ...symptoms }), spec: { spares: [''] } };
  return {
    deviceKey: '/disk.remap',
    name: 'disk',
    deviceFile: '/disk.remap',
    content: undefined,
    device: info && (device as unknown as RemapDevice),
    problem: undefined,
  };
}

describe('status bar', () => {
  it('says the worst trouble, in a colour only if it is real, and a click leads to the cure', () => {
    const full = { kind: 'full', text: 'the spare is full' } as const;
    const lost = { badSectors: 3, notRescued: 0, first: 7 };
    const states = [
      entry({}),
      entry({ state: 'suspended' }),
      entry({ state: 'suspended' }, { holdsRequests: true }),
      entry({ badSectors: 1 }),
      entry({ badSectors: 3 }, { unreadable: lost }),
      entry({ state: 'degraded', badSectors: 3 }, { reasons: [full], unreadable: lost }),
      entry(),
    ];
    assert.deepEqual(
      states.map(statusState).map(({ icon, text, click, severity }) => [icon, text, click.command, severity]),
      [
        ['database', 'disk: active, 5 remaps', 'remap.showDevice', undefined],
        ['debug-pause', 'disk: suspended', 'remap.resume', 'info'],
        ['debug-pause', 'disk: suspended, I/O waits', 'remap.resume', 'warning'],
        ['info', 'disk: 1 bad sector', 'remap.openSectors', 'info'],
        ['warning', 'disk: 3 bad sectors', 'remap.openSectors', 'warning'],
        ['error', 'disk: spare full', 'remap.addSpare', 'error'],
        ['database', 'disk: not assembled', 'remap.assemble', undefined],
      ],
    );
  });

  it('gives all troubles in the tooltip, the worst first, and says what a click does', () => {
    const reasons = [{ kind: 'unsafe', text: 'relocate them' }] as const;
    const { tooltip } = statusState(entry({ state: 'readonly', flakey: '1 1' }, { reasons }));
    assert.deepEqual(tooltip, [
      'Remap device disk: read-only, 5 remaps.',
      'Relocate them.',
      'On purpose the layer over main fails reads and writes, 1 s of every 2 s (dm-flakey: 1 1).',
      'Click for: Relocate Remaps',
    ]);
  });
});
