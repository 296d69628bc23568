import { isObject } from '../../contract/typeGuards';
import { RemapError } from '../../engine';
import { type DeviceCommand, isDeviceCommand } from '../deviceCommands';

/*
 * What a verb and the serve that has its device say to each other, in lines of JSON: the serve greets; the verb makes one
 * request; then come lines about the progress, and one with the result or the error.
 */

/** Changes with what either side expects of the other. */
const VERSION = 1;

/** Enough for 64 MiB to be written, in base64: what one read takes, too. */
export const MAX_REQUEST_BYTES = 90 * 2 ** 20;

/** A command for a device of the serve, by the real path of its file. */
export interface ControlRequest {
  readonly command: DeviceCommand;
  readonly deviceFile: string;
  readonly options: unknown;
}

export type ControlReply =
  | { readonly kind: 'progress'; readonly text: string; readonly fraction?: number }
  | { readonly kind: 'result'; readonly result: unknown }
  | { readonly kind: 'error'; readonly code: string; readonly message: string };

export function formatGreeting(pid: number): string {
  return `${JSON.stringify({ kind: 'serve', version: VERSION, pid })}\n`;
}

/** The serve's process. @throws RemapError `EINVAL` for what is no greeting, and one of another version */
export function parseGreeting(line: string): number {
  const { kind, version, pid } = parseObject(line);
  if (kind === 'serve' && version === VERSION && typeof pid === 'number') return pid;
  throw invalid('the serve that has the device is of another release: use the same release of both');
}

export function formatRequest(request: ControlRequest): string {
  return `${JSON.stringify(request)}\n`;
}

/** @throws RemapError `EINVAL` for anything but a request */
export function parseRequest(line: string): ControlRequest {
  const { command, deviceFile, options } = parseObject(line);
  if (!isDeviceCommand(command)) throw invalid('the request names no command that a serve runs');
  if (typeof deviceFile !== 'string') throw invalid('the request names no device file');
  return { command, deviceFile, options };
}

export function formatReply(reply: ControlReply): string {
  return `${JSON.stringify(reply)}\n`;
}

/** @throws RemapError `EINVAL` for anything but a reply */
export function parseReply(line: string): ControlReply {
  const value = parseObject(line);
  const { kind, text, fraction, result, code, message } = value;
  if (kind === 'result') return { kind, result };
  if (kind === 'error' && typeof code === 'string' && typeof message === 'string')
    return { kind, code, message };
  if (kind === 'progress' && typeof text === 'string') {
    return { kind, text, ...(typeof fraction === 'number' && { fraction }) };
  }
  throw invalid('the serve answered what this release does not understand');
}

function parseObject(line: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line);
    if (isObject(value)) return value;
  } catch {
    // Told below.
  }
  throw invalid('a line is not a JSON object');
}

function invalid(message: string): RemapError {
  return new RemapError('EINVAL', message);
}
