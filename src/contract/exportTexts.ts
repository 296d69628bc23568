import { shellQuote } from '../engine';
import type { ExportedDisk } from './commandResults';
import type { ModalQuestion } from './displacedTexts';
import { plural } from './wording';

/** A line for a terminal that has a program use an exported disk. */
export interface ClientCommand {
  readonly program: string;
  /** What it does with the disk. */
  readonly purpose: string;
  readonly line: string;
}

/** What is exported, in a few words. @param device the device whose exports these are; absent: all devices */
export function describeExports(all: readonly Pick<ExportedDisk, 'name'>[], device?: string): string {
  if (all.length === 0) return device === undefined ? 'No device is exported' : `${device} is not exported`;
  return `${plural(all.length, 'export')}: ${all.map(({ name }) => name).join(', ')}`;
}

/** Lines that only read the disk, but for the mount of one that may be written. All of them are for a POSIX shell. */
export function clientCommands({ uri, name, readOnly }: ExportedDisk): ClientCommand[] {
  const disk = shellQuote(uri);
  const file = name.replaceAll(/[^\w.-]/g, '-').replace(/^-+/, '') || 'disk';
  const folder = `${file}-nbd`;
  const mounted = `${file}-files`;
  const loop = readOnly ? 'loop,ro' : 'loop';
  return [
    { program: 'nbdcopy', purpose: 'copies the disk to a file', line: `nbdcopy ${disk} ${file}.copy` },
    {
      program: 'qemu-img',
      purpose: 'converts the disk to qcow2, with zeros for what it can’t read',
      line: `qemu-img convert --salvage -f raw -O qcow2 ${disk} ${file}.qcow2`,
    },
    {
      program: 'fio',
      purpose: 'reads at random places for ten seconds and measures',
      line: `fio --name=${file} --ioengine=nbd --uri=${disk} --rw=randread --bs=4k --iodepth=32 --time_based --runtime=10`,
    },
    {
      program: 'nbdfuse and mount',
      purpose: `mounts the disk’s file system${readOnly ? ' read-only' : ''}; needs root for mount`,
      line: [
        `mkdir -p ${folder} ${mounted}`,
        `{ nbdfuse ${folder}/disk ${disk} & }`,
        `while [ ! -e ${folder}/disk ] && kill -0 $!; do sleep 0.1; done`,
        `sudo mount -o ${loop} ${folder}/disk ${mounted}`,
      ].join(' && '),
    },
  ];
}

const INTERRUPTED = {
  suspend: { verb: 'Suspend', what: 'Reads and writes of clients wait until the device is resumed.' },
  unexport: {
    verb: 'Stop Exporting',
    what: 'Clients are disconnected: a file system that one of them has mounted fails. The device stays assembled.',
  },
} as const;

/** What a person is asked before something interrupts the clients of a device. */
export function interruptionQuestion(
  device: string,
  clients: number,
  by: keyof typeof INTERRUPTED,
): ModalQuestion {
  const { verb, what } = INTERRUPTED[by];
  const act = by === 'unexport' ? `Stop exporting ${device}` : `${verb} ${device}`;
  const count = plural(clients, 'NBD client');
  return {
    message: `${act} while ${count} ${clients === 1 ? 'has' : 'have'} it open?`,
    detail: what,
    verbs: [verb],
  };
}
