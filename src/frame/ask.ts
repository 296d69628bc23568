import * as vscode from 'vscode';
import { problemWith } from '../contract/typedInput';

export interface TextQuestion<T> {
  readonly title: string;
  readonly prompt: string;
  readonly value?: string;
  readonly placeHolder?: string;
  /** Makes a value of the text, or throws a RemapError that says what is wrong with it. */
  readonly read: (text: string) => T;
}

/** Asks for a text and checks it while it is typed. */
export async function askText<T>({ read, ...question }: TextQuestion<T>): Promise<T | undefined> {
  const text = await vscode.window.showInputBox({
    ...question,
    validateInput: (typed) => problemWith(() => read(typed)),
  });
  return text === undefined ? undefined : read(text);
}

export interface Choice<T> extends vscode.QuickPickItem {
  readonly value: T;
}

export async function askChoice<T>(
  title: string,
  placeHolder: string,
  choices: Choice<T>[],
): Promise<T | undefined> {
  const picked = await vscode.window.showQuickPick(choices, { title, placeHolder });
  return picked?.value;
}

/** Asks once before something that can't be undone; the button says what it does. */
export async function confirm(message: string, detail: string, verb: string): Promise<boolean> {
  return (await vscode.window.showWarningMessage(message, { modal: true, detail }, verb)) === verb;
}
