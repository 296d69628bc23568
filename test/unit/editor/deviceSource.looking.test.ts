import assert from 'node:assert/strict';
import { DeviceSource } from '../../../src/editor/deviceSource';
import { ImageSource } from '../../../src/editor/imageSource';
import type { SectorSource } from '../../../src/editor/sectorSource';
import { Machine } from '../../../src/engine';
import { folderState } from '../../support/device/folderState';
import {
  lowEntries,
  type MakeKernelDevice,
  openedReadOnly,
  sharedSector,
  strayEntries,
} from '../../support/device/kernelDevices';
import { imageHost } from '../../support/editor/imageHost';
import { eachSector } from '../../support/editor/mapLayers';
import { tempFolder } from '../../support/tempFolder';

/** What the editor asks of a source to show it, in every view and over the metadata area. */
async function lookThrough(source: SectorSource): Promise<void> {
  for (const { id, byteCount } of source.views) {
    const sectorCount = Math.min(byteCount / 512, 3000);
    await source.read(id, 0, sectorCount);
    await source.origins(id, 0, sectorCount);
    await source.map(id, { ...eachSector(byteCount / 512), bucketCount: 500 });
    await source.emptyRuns(id);
    for (const landmark of ['remapped', 'bad'] as const) {
      const found = [
        await source.seek(id, landmark, 0, 'next'),
        await source.seek(id, landmark, 2999, 'previous'),
      ];
      for (const sector of found) assert.ok(sector === null || sector < byteCount / 512, `${sector}`);
    }
  }
  await source.refresh();
}

describe('R15: the sector editor over a spare that a kernel wrote', () => {
  const { path } = tempFolder();
  let machine: Machine;

  beforeEach(() => {
    machine = new Machine();
  });

  afterEach(() => machine.close());

  const DEVICES: Readonly<Record<string, MakeKernelDevice>> = {
    'with remaps inside the metadata area': lowEntries,
    'with two remaps on one spare sector': sharedSector,
    'without write permission': openedReadOnly,
  };
  for (const [what, make] of Object.entries(DEVICES)) {
    it(`writes nothing to a device ${what}`, async () => {
      const { spec } = await make(path);
      const device = await machine.create(spec);
      const before = folderState(path());
      const source = new DeviceSource(device, (listener) => machine.onEvent(listener));
      await lookThrough(source);
      await source.flush();
      await assert.rejects(source.write('device', 5, new Uint8Array(512)), { code: 'EROFS' });
      await source.dispose();
      assert.deepEqual(folderState(path()), before);
    });
  }

  for (const [what, make] of Object.entries({ ...DEVICES, 'with remaps that lead nowhere': strayEntries })) {
    it(`writes nothing to an image ${what}`, async () => {
      const { spec } = await make(path);
      const before = folderState(path());
      const source = await ImageSource.open(spec.spares[0]!, imageHost());
      await lookThrough(source);
      await source.dispose();
      assert.deepEqual(folderState(path()), before);
    });
  }
});
