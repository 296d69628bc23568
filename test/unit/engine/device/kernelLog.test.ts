import assert from 'node:assert/strict';
import type { DeviceEvent } from '../../../../src/engine/device/deviceContracts';
import { KernelLog } from '../../../../src/engine/device/kernelLog';

describe('kernel log', () => {
  let events: DeviceEvent[];
  let log: KernelLog;

  beforeEach(() => {
    events = [];
    log = new KernelLog((event) => events.push(event));
  });

  it('gives each line its level and the prefix of dm-remap', () => {
    log.info('one');
    log.warning('two');
    log.error('three');
    assert.deepEqual(events, [
      { kind: 'log', level: 'info', text: 'dm-remap: one' },
      { kind: 'log', level: 'warning', text: 'dm-remap: WARNING: two' },
      { kind: 'log', level: 'error', text: 'dm-remap: ERROR: three' },
    ]);
  });

  it('leaves the lines of other drivers as they are', () => {
    log.foreign('device-mapper: dust: enabling');
    assert.deepEqual(events, [{ kind: 'log', level: 'info', text: 'device-mapper: dust: enabling' }]);
  });

  it('logs eight sectors one by one, and sums up the rest', () => {
    const logged: number[] = [];
    const ranges = [
      [10, 5],
      [100, 10],
    ] as const;
    log.sectors(ranges, (sector) => logged.push(sector));
    assert.deepEqual(logged, [10, 11, 12, 13, 14, 100, 101, 102]);
    assert.deepEqual(events, [
      { kind: 'log', level: 'warning', text: 'dm-remap: WARNING: ... and 7 sectors more' },
    ]);
  });
});
