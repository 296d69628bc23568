import assert from 'node:assert/strict';
import { dirname } from 'node:path';
import { openImage } from '../../../../src/engine';
import { sealStructure, v4Header } from '../../../../src/engine/metadata/codec/v4';
import { type DeviceRig, deviceRig } from '../../../support/device/deviceRig';
import { folderState } from '../../../support/device/folderState';

const DAY_S = 86_400;

/** Changes the structure in some copies on the device's spare, while it isn't assembled, and seals it anew. */
async function changeCopies(
  rig: DeviceRig,
  copies: readonly number[],
  change: (structure: Uint8Array) => void,
): Promise<void> {
  const image = await openImage(rig.spec.spares[0]!, { lock: true });
  for (const copy of copies) {
    const structure = new Uint8Array(165 * 512);
    await image.read(copy * 256, structure);
    change(structure);
    sealStructure(structure);
    await image.write(copy * 256, structure);
  }
  await image.close();
}

const filesOf = ({ spec }: DeviceRig) => folderState(dirname(spec.main));

describe('metadata that can be read and must not be written', () => {
  const rig = deviceRig();
  const all = [0, 1, 2, 3, 4];

  it('with the highest sequence number are opened read-only, with a reason, and left as they are', async () => {
    await rig.device.remapSector(100);
    await rig.device.close();
    await changeCopies(rig, all, (s) => v4Header.put(s, 'sequence_number', 2n ** 64n - 1n));
    const before = filesOf(rig);
    await rig.assemble();
    const { device } = rig;
    assert.equal(device.info().state, 'readonly');
    assert.match(device.reasons.join(), /the highest that there is \(2\^64 - 1\)/);
    assert.deepEqual((await device.read(100, 1)).failed, []);
    for (const refused of [device.write(5, new Uint8Array(512)), device.relocate(), device.remapSector(6)])
      await assert.rejects(refused, { code: 'EROFS' });
    await device.checkMetadata();
    await device.repairMetadata();
    assert.equal(device.readOnly, true);
    await device.close();
    assert.deepEqual(filesOf(rig), before);
  });

  it('that all are from the future are refused with a reason that names the clock, and not written over', async () => {
    await rig.device.close();
    rig.clock.ms -= 3 * DAY_S * 1000;
    const before = filesOf(rig);
    await assert.rejects(rig.assemble(), {
      code: 'EINVAL',
      message:
        /^the metadata on the spare are from 2025-10-16T\S+, and this computer's clock says 2025-10-13T\S+: .* set the clock right$/,
    });
    await rig.stack.close();
    assert.deepEqual(filesOf(rig), before);
    rig.clock.ms += 3 * DAY_S * 1000;
    await rig.assemble();
    assert.equal(rig.device.info().state, 'active');
  });

  it('of which the newest copy is from the future are opened read-only until they are repaired', async () => {
    await rig.device.remapSector(100);
    await rig.device.flush();
    await rig.device.close();
    const ahead = BigInt(rig.clock.ms / 1000 + 3 * DAY_S);
    await changeCopies(rig, [2], (s) => {
      v4Header.put(s, 'sequence_number', v4Header.get(s, 'sequence_number') + 1n);
      v4Header.put(s, 'timestamp', ahead);
    });
    const before = filesOf(rig);
    await rig.assemble();
    assert.equal(rig.device.info().state, 'readonly');
    assert.match(
      rig.device.reasons.join(),
      /copy 2 of the spare is newer than the one in use, but by this computer's clock it is from the future \(2025-10-19T/,
    );
    await assert.rejects(rig.device.write(5, new Uint8Array(512)), { code: 'EROFS' });
    await rig.device.close();
    assert.deepEqual(filesOf(rig), before);
    await rig.assemble();
    const { copies } = await rig.device.repairMetadata();
    assert.ok(copies.every(({ valid }) => valid));
    assert.deepEqual([rig.device.info().state, rig.device.info().remaps], ['active', 1]);
    await rig.device.write(5, new Uint8Array(512));
  });
});
