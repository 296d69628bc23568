import { realpath } from 'node:fs/promises';
import { whole } from '../contract/argumentReaders';
import { type ExportServer, printable } from '../engine';
import { type Given, UsageError } from './commandLine';
import { ControlServer, requireUnserved } from './control/server';
import { EXIT } from './exitCodes';
import { exportAll, type Serving } from './exports';
import { deviceFile, numberOption, pathOption, usage } from './operands';
import { ServedMachine } from './servedMachine';
import type { Surroundings } from './surroundings';

/**
 * Assembles devices, exports them and answers other verbs about them, until Ctrl+C: then all is flushed and closed.
 * @throws UsageError; RemapError `EBUSY` when another serve or process has a device, and as `Machine.create`
 */
export async function runServe(given: Given, { terminal, task }: Surroundings): Promise<number> {
  const serving = await servingOf(given);
  for (const path of serving.deviceFiles) await requireUnserved(path);
  const served = new ServedMachine(serving.deviceFiles, {
    readOnly: serving.readOnly,
    onRefused: (error) => terminal.noteError(error),
  });
  const control = new ControlServer((request, asked) => served.answer(request, asked));
  const ends: (() => Promise<void>)[] = [() => served.machine.close()];
  served.machine.onEvent((event) => {
    if (event.kind === 'log') terminal.note(event.text);
  });
  try {
    await served.assemble();
    const exported = await exportAll(served, serving);
    ends.unshift(() => exported.close());
    ends.unshift(() => control.close());
    for (const path of serving.deviceFiles) await control.listen(path);
    await terminal.print(readyText(served, exported, given));
    await aborted(task.signal);
    return EXIT.done;
  } finally {
    await endAll(ends);
  }
}

async function servingOf(given: Given): Promise<Serving> {
  const { socket, port } = usage(given, () => {
    const tcp = numberOption(given, 'tcp');
    return { socket: pathOption(given, 'socket'), port: tcp === undefined ? undefined : whole(tcp, 'tcp') };
  });
  if (socket !== undefined && port !== undefined) {
    throw new UsageError('--socket and --tcp exclude each other', given.verb);
  }
  if (port !== undefined && port > 65_535) throw new UsageError(`there is no port ${port}`, given.verb);
  const paths = given.operands.map((operand) => deviceFile(given, operand));
  const deviceFiles = await Promise.all(paths.map((path) => realpath(path)));
  const twice = deviceFiles.find((path, index) => deviceFiles.indexOf(path) < index);
  if (twice !== undefined) throw new UsageError(`${twice} is given twice`, given.verb);
  const listen = port !== undefined ? { tcpPort: port } : socket === undefined ? {} : { socketPath: socket };
  return { deviceFiles, listen, readOnly: given.options['read-only'] === true };
}

/** A line for each device: it can be used now. */
function readyText({ machine }: ServedMachine, exported: ExportServer, given: Given): string {
  const ready = machine.devices().map(({ name }) => ({
    device: name,
    uri: exported.uriOf(name),
    socket: exported.socketPath,
  }));
  if (given.json) return ready.map((each) => `${JSON.stringify(each)}\n`).join('');
  const lines = ready.map(({ device, uri }) => `${printable(device)}: ${uri}\n`);
  return `${lines.join('')}Ctrl+C flushes and closes.\n`;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Ends everything, also what comes after an end that fails. @throws the first error */
async function endAll(ends: readonly (() => Promise<void>)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const end of ends) await end().catch((error) => failures.push(error));
  if (failures.length > 0) throw failures[0];
}
