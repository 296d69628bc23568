import * as vscode from 'vscode';
import { toCommandError } from '../contract/errorSentences';
import type { Task } from '../contract/task';
import type { DevicesService } from '../devices/devicesService';
import { type Dialog, runDialog } from './dialog';
import { reportError } from './notifications';
import { withProgress } from './progress';
import { isTreeReference, type TreeReference } from './treeReference';
import { whatItWaitsFor } from './waiting';

/** From where a person called a command: an item of our views, a file, or (undefined) the palette. */
export type CommandOrigin = TreeReference | vscode.Uri | undefined;

/** A command that people and code call. */
export interface Command<Input, Result> {
  /** Title of its questions, as the palette names it. Needed where `fromPerson` asks. */
  readonly title?: string;
  /** How many questions it asks, as far as that is known before. */
  readonly steps?: number;
  /** Title of the progress notification that is shown when the work takes long. */
  readonly progress: string;
  /** Whether `run` ends when its task's signal is aborted. */
  readonly cancellable?: boolean;
  /** Checks the arguments of a caller in code. @throws RemapError when one is wrong */
  fromCode(args: readonly unknown[]): Input;
  /**
   * Asks a person for what is missing; undefined: they declined. Runs anew when they go back (`runQuestions`). Without
   * this member, a call without arguments counts as one from code, also where a person made it: then `tell` must not
   * interrupt.
   */
  fromPerson?(origin: CommandOrigin, dialog: Dialog): Promise<Input | undefined>;
  run(input: Input, task: Task): Promise<Result> | Result;
  /** Tells a person the result. */
  tell?(result: Result, input: Input): unknown;
}

/** A command ready to be registered. Resolves to undefined when a person cancelled it or was told an error. */
export type CommandHandler<Result = unknown> = (
  devices: DevicesService,
  args: readonly unknown[],
) => Promise<Result | undefined>;

/**
 * Makes a handler of a command. It alone decides who calls: a call with arguments comes from code, which is asked nothing
 * and gets the value, or an Error whose message begins with the code. A call without arguments, or with a tree item or a
 * file as a menu passes it, comes from a person, who is asked for arguments and told the result or the error.
 */
export function define<Input, Result>(command: Command<Input, Result>): CommandHandler<Result> {
  return async (devices, args) => {
    await devices.ready();
    return command.fromPerson && isFromPerson(args)
      ? serve(devices, command, command.fromPerson, originOf(args))
      : answer(devices, command, args);
  };
}

/** Makes a handler of a command for people alone, which gives no value: every caller counts as a person. */
export function defineAction(
  title: string,
  act: (origin: CommandOrigin, dialog: Dialog) => Promise<unknown>,
): CommandHandler<undefined> {
  return async (devices, args) => {
    await devices.ready();
    try {
      await runDialog(title, (dialog) => act(originOf(args), dialog));
    } catch (error) {
      void reportError(devices, error);
    }
    return undefined;
  };
}

function runWithProgress<Input, Result>(
  { onDidChange }: DevicesService,
  command: Command<Input, Result>,
  input: Input,
): Promise<Result> {
  const { progress, cancellable = false } = command;
  const waiting = { text: () => whatItWaitsFor(input), onDidChange };
  return withProgress(progress, async (task) => command.run(input, task), { cancellable, waiting });
}

async function answer<Input, Result>(
  devices: DevicesService,
  command: Command<Input, Result>,
  args: readonly unknown[],
): Promise<Result> {
  try {
    const input = command.fromCode(args);
    const result = await runWithProgress(devices, command, input);
    if (args.length === 0) void command.tell?.(result, input);
    return result;
  } catch (error) {
    throw toCommandError(error);
  }
}

async function serve<Input, Result>(
  devices: DevicesService,
  command: Command<Input, Result>,
  fromPerson: (origin: CommandOrigin, dialog: Dialog) => Promise<Input | undefined>,
  origin: CommandOrigin,
): Promise<Result | undefined> {
  try {
    const { title = '', steps } = command;
    const input = await runDialog(title, (dialog) => fromPerson(origin, dialog), steps);
    if (input === undefined) return undefined;
    const result = await runWithProgress(devices, command, input);
    void command.tell?.(result, input);
    return result;
  } catch (error) {
    void reportError(devices, error);
    return undefined;
  }
}

function isFromPerson(args: readonly unknown[]): boolean {
  const [origin, context, ...rest] = args;
  if (rest.some((argument) => argument !== undefined)) return false;
  if (origin === undefined) return context === undefined;
  if (isTreeReference(origin)) return context === undefined || Array.isArray(context);
  return origin instanceof vscode.Uri && isMenuContext(context);
}

/** The second argument of a file's menu: the selected files in the explorer, the editor group in an editor's title. */
function isMenuContext(context: unknown): boolean {
  if (Array.isArray(context))
    return context.length > 0 && context.every((each) => each instanceof vscode.Uri);
  return typeof context === 'object' && context !== null && 'groupId' in context;
}

function originOf([origin]: readonly unknown[]): CommandOrigin {
  return isTreeReference(origin) || origin instanceof vscode.Uri ? origin : undefined;
}
