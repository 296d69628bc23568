import { createHash } from 'node:crypto';
import { join } from 'node:path';

/** What a computer can be asked to tell which one it is. */
export interface Probes {
  readonly platform: NodeJS.Platform;
  /** The name of the host. */
  readonly name: string;
  readonly pidNamespace: string | null;
  /** Where Windows is. */
  readonly systemRoot: string;
  /** The text of a file; null if it can't be read. */
  readText(path: string): string | null;
  /** What a program prints. Rejects if it can't be run. */
  output(program: string, args: readonly string[]): Promise<string>;
}

/** The namespace of processes that a Linux kernel starts with; a container has another one. */
const FIRST_PID_NAMESPACE = 'pid:[4026531836]';

/**
 * What no other computer has, also after a reboot; null where nothing tells. It is a digest: systems ask to keep theirs
 * from strangers, and a lock may be on a share.
 *
 * Copies of an installed Linux or Windows have one number, so there the name counts too. In a container the number is that
 * of its image. A Mac's is its hardware's, and its name changes with the network.
 */
export async function findMachineId(probes: Probes): Promise<string | null> {
  const number = await findNumber(probes).catch(() => null);
  if (number === null) return null;
  const name = probes.platform === 'darwin' ? '' : probes.name;
  return createHash('sha256').update(`remap-inspector lock\n${number}\n${name}`).digest('hex').slice(0, 32);
}

/** What changes with every boot, and no other computer has; null where nothing tells. */
export async function findBootId({ platform, readText, output }: Probes): Promise<string | null> {
  if (platform === 'darwin') return macBootId(output).catch(() => null);
  return platform === 'linux' ? textOrNull(readText('/proc/sys/kernel/random/boot_id')) : null;
}

async function findNumber({
  platform,
  pidNamespace,
  systemRoot,
  readText,
  output,
}: Probes): Promise<string | null> {
  if (platform === 'win32') {
    const key = 'HKLM\\SOFTWARE\\Microsoft\\Cryptography';
    const printed = await output(join(systemRoot, 'System32', 'reg.exe'), [
      'query',
      key,
      '/v',
      'MachineGuid',
    ]);
    return /MachineGuid\s+REG_SZ\s+([\w-]+)/.exec(printed)?.[1] ?? null;
  }
  if (platform === 'darwin') {
    const printed = await output('/usr/sbin/ioreg', ['-rd1', '-c', 'IOPlatformExpertDevice']);
    return /"IOPlatformUUID" = "([\w-]+)"/.exec(printed)?.[1] ?? null;
  }
  if (pidNamespace !== FIRST_PID_NAMESPACE) return null;
  const number = textOrNull(readText('/etc/machine-id') ?? readText('/var/lib/dbus/machine-id'));
  return number !== null && /^[0-9a-f]{32}$/.test(number) ? number : null;
}

async function macBootId(output: Probes['output']): Promise<string | null> {
  return textOrNull(await output('/usr/sbin/sysctl', ['-n', 'kern.bootsessionuuid']));
}

function textOrNull(text: string | null): string | null {
  return text?.trim() || null;
}
