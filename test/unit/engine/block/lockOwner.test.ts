import assert from 'node:assert/strict';
import { currentOwner, type LockOwner, ownerState, parseOwner } from '../../../../src/engine/block/lockOwner';
import { type Computer, computers } from '../../../support/outside/computers';
import { putHost } from '../../../support/outside/putDoors';

/** The number of the owner of a lock, and of the process that looks at it. */
const OWNER = 700;

/** What became of a lock's owner, on its computer. */
const FATES: Readonly<Record<string, (computer: Computer) => void>> = {
  alive: () => undefined,
  dead: (computer) => computer.end(OWNER),
  'dead, its number used again': (computer) => computer.run(OWNER, '99'),
  'dead since a reboot': (computer) => computer.reboot(),
  'dead since a reboot, its number used again': (computer) => {
    computer.reboot();
    computer.run(OWNER, '99');
  },
};

describe('the owner of a lock', () => {
  /** A lock that a process of a computer took, as it is in its file. */
  async function lockOf(computer: Computer): Promise<LockOwner> {
    computer.run(OWNER);
    putHost({ ...asHost(computer), pid: OWNER });
    return parseOwner(JSON.stringify(await currentOwner('0123456789ab')))!;
  }

  /** What a computer says of it. */
  async function seenFrom(computer: Computer, owner: LockOwner): Promise<string> {
    putHost(asHost(computer));
    return ownerState(owner);
  }

  const kinds = computers().map(({ kind }) => kind);
  for (const [fate, happen] of Object.entries(FATES)) {
    for (const [at, kind] of kinds.entries()) {
      it(`${fate} on ${kind}, seen from everywhere`, async () => {
        for (const [from, viewer] of kinds.entries()) {
          const all = computers();
          const [home, here] = [all[at]!, all[from]!];
          const owner = await lockOf(home);
          // Elsewhere another process has the number, or none has.
          if (from % 2 === 1 && here !== home) here.run(OWNER, '5');
          happen(home);
          const state = await seenFrom(here, owner);
          const expected = here === home ? stateAtHome(home, fate, owner) : 'elsewhere';
          assert.equal(state, expected, `seen from ${viewer}`);
          if (fate === 'alive') assert.notEqual(state, 'dead', `seen from ${viewer}`);
        }
      });
    }
  }

  it('is dead where another process of its number looks, and in doubt where that can’t be told', async () => {
    for (const computer of computers()) {
      const owner = await lockOf(computer);
      computer.run(OWNER, '99');
      putHost({ ...asHost(computer), pid: OWNER });
      const isUnknown = owner.machineId === null && owner.bootId === null;
      const expected = computer.tellsStart ? 'dead' : 'here';
      assert.equal(await ownerState(owner), isUnknown ? 'elsewhere' : expected);
    }
  });

  it('of an earlier version is dead only within the boot that it names', async () => {
    const linux = computers()[0]!;
    const owner = { ...(await lockOf(linux)), platform: null, machineId: null, uptime: null };
    linux.end(OWNER);
    assert.equal(await seenFrom(linux, owner), 'dead');
    linux.reboot();
    assert.equal(await seenFrom(linux, owner), 'elsewhere');
  });

  it('lives although the clock was set, or the seconds were rounded', async () => {
    const windows = computers()[2]!;
    const owner = await lockOf(windows);
    assert.equal(await seenFrom(windows, { ...owner, uptime: owner.uptime! + 1 }), 'likely');
    assert.equal(await seenFrom(windows, { ...owner, uptime: owner.uptime! + 10 }), 'dead');
  });
});

/** What is known on the owner's own computer. */
function stateAtHome(home: Computer, fate: string, { machineId, bootId, startTime }: LockOwner): string {
  const isReboot = fate.includes('reboot');
  // Without a number of the computer a boot that isn't this one may be another computer's.
  if (isReboot && machineId === null) return 'elsewhere';
  if (isReboot) return 'dead';
  if (machineId === null && bootId === null) return 'elsewhere';
  if (fate === 'dead') return 'dead';
  if (fate === 'alive') return startTime === null ? 'likely' : 'alive';
  return home.tellsStart ? 'dead' : 'likely';
}

function asHost(computer: Computer) {
  const { platform, pid, name, temporaryFolder, machineId, bootId, uptime, pidNamespace, process } = computer;
  return { platform, pid, name, temporaryFolder, machineId, bootId, uptime, pidNamespace, process };
}
