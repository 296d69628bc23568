import type { Host, ProcessState } from '../../../src/engine/outside/host';

/** A computer of a test, with the processes that run there. */
export class Computer implements Host {
  readonly processes = new Map<number, ProcessState>();
  #boots = 1;
  #uptime = 1000;

  constructor(
    readonly kind: string,
    readonly platform: NodeJS.Platform,
    private readonly facts: {
      readonly name: string;
      readonly machineId?: string;
      /** What the system tells of a boot: an id, or nothing. */
      readonly hasBootId?: boolean;
      /** Whose boot it is: those of a container and of its computer are one. Absent: its own. */
      readonly kernel?: Computer;
      readonly pidNamespace?: string;
    },
    readonly pid = 500,
  ) {
    this.run(pid);
  }

  /** Whether one can tell when a process started. */
  get tellsStart(): boolean {
    return this.platform === 'linux';
  }

  /** A process begins, and has this number. */
  run(pid: number, startTime = '1'): void {
    this.processes.set(pid, { running: true, startTime: this.tellsStart ? startTime : null });
  }

  end(pid: number): void {
    this.processes.delete(pid);
  }

  /** All processes end, and this one begins again; a container that is started again has another namespace. */
  reboot(): void {
    this.#boots++;
    this.#uptime = 50;
    this.processes.clear();
    this.run(this.pid, '2');
  }

  name = (): string => this.facts.name;
  temporaryFolder = (): string => '/tmp';
  machineId = async (): Promise<string | null> => this.facts.machineId ?? null;
  wait = async (): Promise<void> => undefined;
  uptime = (): number => this.#uptime;
  pidNamespace = (): string | null => {
    const { pidNamespace = null, kernel } = this.facts;
    return kernel && this.#boots > 1 ? `${pidNamespace}, started again` : pidNamespace;
  };
  process = (pid: number): ProcessState | undefined => this.processes.get(pid);
  bootId = async (): Promise<string | null> => {
    if (this.facts.kernel) return this.facts.kernel.bootId();
    return this.facts.hasBootId ? `boot ${this.#boots} of ${this.kind}` : null;
  };
}

/**
 * Computers that may see one another's locks: on a share, or in a folder that one of them has mounted from another. Two are
 * called alike, WSL has the name of its Windows, and a container's number is that of its image.
 */
export function computers(): Computer[] {
  const first = 'pid:[4026531836]';
  const linux = new Computer('Linux', 'linux', {
    ...{ name: 'desk', machineId: 'linux', hasBootId: true, pidNamespace: first },
  });
  const inLinux = { kernel: linux, pidNamespace: 'pid:[4026532001]' };
  return [
    linux,
    new Computer('another Linux of that name', 'linux', {
      ...{ name: 'desk', machineId: 'another linux', hasBootId: true, pidNamespace: first },
    }),
    new Computer('Windows', 'win32', { name: 'desk', machineId: 'windows' }),
    new Computer('another Windows of that name', 'win32', { name: 'desk', machineId: 'another windows' }),
    new Computer('WSL', 'linux', { name: 'desk', hasBootId: true, pidNamespace: 'pid:[4026532255]' }),
    new Computer('macOS', 'darwin', { name: 'desk.local', machineId: 'mac', hasBootId: true }),
    new Computer('an old macOS', 'darwin', { name: 'desk.local', machineId: 'old mac' }),
    new Computer('a container', 'linux', { name: 'desk', ...inLinux }),
    new Computer('another container', 'linux', {
      ...{ name: 'desk', ...inLinux, pidNamespace: 'pid:[4026532002]' },
    }),
    new Computer('a nameless Linux', 'linux', { name: 'localhost', pidNamespace: first }),
  ];
}
