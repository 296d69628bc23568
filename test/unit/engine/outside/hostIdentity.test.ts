import assert from 'node:assert/strict';
import { join } from 'node:path';
import { findBootId, findMachineId, type Probes } from '../../../../src/engine/outside/hostIdentity';

const MACHINE_GUID = `
HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Cryptography
    MachineGuid    REG_SZ    3f0b1c2d-0000-4a5b-8c9d-0123456789ab

`;
const HARDWARE = `+-o MacBookPro18,3  <class IOPlatformExpertDevice, id 0x100000227>
    {
      "IOPlatformUUID" = "564D7A11-1111-2222-3333-ABCDEF012345"
      "IOPlatformSerialNumber" = "C02XXXXXXXXX"
    }
`;

/** A computer on which nothing can be found out, but for what is given. */
function probes(platform: NodeJS.Platform, found: Partial<Probes>): Probes {
  return {
    platform,
    name: 'desk',
    pidNamespace: null,
    systemRoot: 'C:\\Windows',
    readText: () => null,
    output: () => Promise.reject(new Error('no such program')),
    ...found,
  };
}

describe('what tells a computer from all others', () => {
  const linux = (found: Partial<Probes>) =>
    probes('linux', { pidNamespace: 'pid:[4026531836]', readText: () => 'a'.repeat(32), ...found });

  it('is its number and its name on Linux, and never the number itself', async () => {
    const id = await findMachineId(linux({}));
    assert.match(id!, /^[0-9a-f]{32}$/);
    assert.ok(!id!.includes('aaaaaaaa'));
    assert.equal(await findMachineId(linux({})), id);
    assert.notEqual(await findMachineId(linux({ name: 'other' })), id);
    assert.notEqual(await findMachineId(linux({ readText: () => `${'b'.repeat(32)}\n` })), id);
  });

  it('is not known in a container, nor where there is no number yet', async () => {
    assert.equal(await findMachineId(linux({ pidNamespace: 'pid:[4026532001]' })), null);
    assert.equal(await findMachineId(linux({ pidNamespace: null })), null);
    for (const text of ['', 'uninitialized\n', null])
      assert.equal(await findMachineId(linux({ readText: () => text })), null);
  });

  it('is asked of D-Bus where the system has no number', async () => {
    const readText = (path: string) => (path.includes('dbus') ? `${'c'.repeat(32)}\n` : null);
    assert.match((await findMachineId(linux({ readText })))!, /^[0-9a-f]{32}$/);
  });

  it('is the installation’s number and its name on Windows', async () => {
    const asked: string[] = [];
    const output = async (program: string, args: readonly string[]) => {
      asked.push([program, ...args].join(' '));
      return MACHINE_GUID;
    };
    const id = await findMachineId(probes('win32', { output }));
    assert.match(id!, /^[0-9a-f]{32}$/);
    assert.notEqual(await findMachineId(probes('win32', { output, name: 'other' })), id);
    const program = join('C:\\Windows', 'System32', 'reg.exe');
    assert.equal(asked[0], `${program} query HKLM\\SOFTWARE\\Microsoft\\Cryptography /v MachineGuid`);
    assert.equal(await findMachineId(probes('win32', { output: async () => 'ERROR' })), null);
    assert.equal(await findMachineId(probes('win32', {})), null);
    assert.equal(await findBootId(probes('win32', { output })), null);
  });

  it('is the hardware’s number on macOS, whatever it is called in this network', async () => {
    const output = async (program: string) =>
      program.endsWith('ioreg') ? HARDWARE : '1D0D9B5B-AAAA-BBBB-CCCC-0123456789AB\n';
    const id = await findMachineId(probes('darwin', { output }));
    assert.match(id!, /^[0-9a-f]{32}$/);
    assert.equal(await findMachineId(probes('darwin', { output, name: 'desk-2.local' })), id);
    assert.equal(await findBootId(probes('darwin', { output })), '1D0D9B5B-AAAA-BBBB-CCCC-0123456789AB');
    assert.equal(await findMachineId(probes('darwin', { output: async () => '' })), null);
    assert.equal(await findBootId(probes('darwin', {})), null);
  });

  it('of a boot is what the Linux kernel says', async () => {
    assert.equal(await findBootId(linux({ readText: () => 'one-boot\n' })), 'one-boot');
    assert.equal(await findBootId(linux({ readText: () => null })), null);
    assert.equal(await findBootId(probes('win32', { readText: () => 'of the Linux around Wine' })), null);
  });
});
