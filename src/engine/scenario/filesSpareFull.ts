import { countSectors } from '../block/range';
import { checkTree, type FileSystemRig, judgeFileSystem, unwrittenOf, withFileSystem } from './fileSystemRig';
import type { FileSystemKind } from './fileSystems';
import { missingFor } from './missing';
import type { MountedDevice } from './mountedDevice';
import { type ProgramEnd, verdictOf } from './programs';
import type { Scenario } from './scenario';

/** Writes a file that is larger than the spare, and waits until it is durable. */
const WRITE_LARGE =
  'dd if=/dev/zero bs=1M count=32 status=none | tr "\\0" x | dd of="$1/large" bs=1M conv=fsync status=none';
const TRY_SMALL = 'echo text > "$1/small" && sync "$1/small"';

export function filesSpareFullScenario(kind: FileSystemKind): Scenario {
  return {
    name: `${kind.name}-spare-full`,
    title: `${kind.title} when the spare is full`,
    objective: `Let more sectors fail under a mounted ${kind.title} than the spare has room for, record how the file system takes it, and verify that it is told and that what was durable before is still there.`,
    proves: [
      'A write that finds no place on the spare is an error for the program that waits for it, never a success',
      'What was durable before is there once the medium takes writes again',
    ],
    doesNotProve: [
      `That ${kind.title} goes on: how it takes such an error is its own decision, and is recorded here`,
    ],
    missing: () => missingFor(kind),
    run: (bench) => withFileSystem(bench, kind, overfill),
  };
}

async function overfill(rig: FileSystemRig): Promise<void> {
  const { bench, kind, mounted, tree } = rig;
  await tree.buildOn(mounted, 'first');
  const unwritten = await unwrittenOf(rig);
  const room = bench.device().info().spareFree;
  bench.step(
    `Let ${countSectors(unwritten)} sectors fail: all that were not written yet; the spare has room for ${room}`,
  );
  await bench.device().injectErrors({ sectors: unwritten });
  bench.step('Write a file that is larger than that, and wait until it is durable');
  const end = await mounted.shellEnd(WRITE_LARGE);
  const { spareFree, state } = bench.device().info();
  bench.note(`The device is ${state}, with ${spareFree} spare sectors free`);
  bench.check(end.status !== 0, `The program that wrote it is told: ${toldOf(mounted, end)}`);
  const small = await mounted.shellEnd(TRY_SMALL);
  bench.note(`${kind.title} is mounted with ${await mounted.mountOptions()}`);
  bench.note(`A small file after that: ${small.status === 0 ? 'is written' : toldOf(mounted, small)}`);
  const isThere = (await tree.differencesOn(mounted, 'first')).length === 0;
  bench.note(`The files from before are ${isThere ? 'read' : 'not all read'} while it is so`);
  bench.recordStatus('With the spare full');
  await recover(rig);
}

/** The medium heals; mounting replays what the journal has. */
async function recover(rig: FileSystemRig): Promise<void> {
  const { bench, mounted } = rig;
  bench.step('Unmount, let the medium take writes again, mount');
  await mounted.unmount();
  await bench.device().clearErrors();
  await mounted.mount();
  await checkTree(rig, 'first', 'after that');
  await mounted.unmount();
  bench.note((await judgeFileSystem(rig)).text);
}

/** What a program was told, with its files named as they are seen from the mounted file system. */
function toldOf({ root }: MountedDevice, end: ProgramEnd): string {
  return verdictOf(end).replaceAll(`${root}/`, '');
}
