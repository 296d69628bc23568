import * as vscode from 'vscode';
import { problemWith } from '../contract/typedInput';

/** What an input box shows, and how its text is read. */
export interface TextQuestion<T> {
  readonly title: string;
  readonly prompt: string;
  readonly value?: string;
  readonly placeHolder?: string;
  /** Makes a value of the text, or throws a RemapError that says what is wrong with it. */
  readonly read: (text: string) => T;
  /** What to know about a text that is right; undefined: nothing. */
  readonly hint?: (text: string) => string | undefined;
}

/** Asks for a text, which is checked while it is typed; undefined: the person cancelled. */
export async function askText<T>({ read, hint, ...question }: TextQuestion<T>): Promise<T | undefined> {
  const text = await vscode.window.showInputBox({
    ...question,
    validateInput: (typed) => problemWith(() => read(typed)) ?? asInformation(hint?.(typed)),
  });
  return text === undefined ? undefined : read(text);
}

function asInformation(message: string | undefined): vscode.InputBoxValidationMessage | undefined {
  return message === undefined ? undefined : { message, severity: vscode.InputBoxValidationSeverity.Info };
}

/** One item of a list to choose from, and the value that it stands for. */
export interface Choice<T> extends vscode.QuickPickItem {
  readonly value: T;
}

/** Asks to choose from a list; undefined: the person cancelled. */
export async function askChoice<T>(
  title: string,
  placeHolder: string,
  choices: Choice<T>[],
): Promise<T | undefined> {
  const picked = await vscode.window.showQuickPick(choices, { title, placeHolder });
  return picked?.value;
}

/** Asks whether to do something that can't be undone; `verb` is the text of the button that does it. */
export async function confirm(message: string, detail: string, verb: string): Promise<boolean> {
  return (await vscode.window.showWarningMessage(message, { modal: true, detail }, verb)) === verb;
}
