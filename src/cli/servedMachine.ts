import { isSamePath } from '../contract/pathKey';
import type { Task } from '../contract/task';
import { Machine, RemapError } from '../engine';
import type { ControlRequest } from './control/messages';
import { runDeviceCommand } from './deviceCommands';
import { openedReadOnly, readSpec } from './deviceFiles';

/** Why a device is read-only that is served so. */
const SERVED_READ_ONLY = 'it is served read-only';

/** The devices of a serve, by the real paths of their files, and the machine that runs them. */
export class ServedMachine {
  readonly machine = new Machine();
  #restart: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly deviceFiles: readonly string[],
    private readonly options: {
      readonly readOnly: boolean;
      /** Hears why a device did not come back in a reboot. */
      readonly onRefused: (error: unknown) => void;
    },
  ) {}

  /** @throws RemapError as `Machine.create`, `EBUSY` for images that another process has; what was assembled stays */
  async assemble(): Promise<void> {
    for (const deviceFile of this.deviceFiles) await this.#create(deviceFile);
  }

  /** Carries out what another verb asks for. A reload or a reboot is waited for, since devices are missing meanwhile. */
  async answer(request: ControlRequest, task: Task): Promise<unknown> {
    await this.#restart;
    const running = this.#run(request, task);
    if (request.command === 'reboot' || request.command === 'reloadModule') {
      this.#restart = running.catch(() => undefined);
    }
    return running;
  }

  async #run({ command, deviceFile, options }: ControlRequest, task: Task): Promise<unknown> {
    const { machine } = this;
    const device = machine
      .devices()
      .find(({ spec }) => spec.deviceFile !== null && isSamePath(spec.deviceFile, deviceFile));
    if (!device) {
      throw new RemapError('ENODEV', `${deviceFile} is not assembled any more: end its serve and begin anew`);
    }
    const host = { machine, reassemble: () => this.#reassemble() };
    return runDeviceCommand(command, { host, device, options, task });
  }

  /** A device that is refused must not keep the others from coming back. */
  async #reassemble(): Promise<void> {
    for (const deviceFile of this.deviceFiles) await this.#create(deviceFile).catch(this.options.onRefused);
  }

  async #create(deviceFile: string): Promise<void> {
    const spec = await readSpec(deviceFile);
    await this.machine.create(this.options.readOnly ? await openedReadOnly(spec, SERVED_READ_ONLY) : spec);
  }
}
