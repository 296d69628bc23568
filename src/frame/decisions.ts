import * as vscode from 'vscode';
import type { ModalQuestion } from '../contract/displacedTexts';
import { printable } from '../engine';

/** Asks whether to do something that can't be undone; `verb` is the text of the button that does it. */
export async function confirm(message: string, detail: string, verb: string): Promise<boolean> {
  return (await decide(message, detail, verb)) === verb;
}

/** As {@link decide}, for a question that is made elsewhere. */
export function answerTo({ message, detail, verbs }: ModalQuestion): Thenable<string | undefined> {
  return decide(message, detail, ...verbs);
}

/** As {@link confirm}, for several ways to go on. @returns the text of the button; undefined: the person cancelled */
export function decide(message: string, detail: string, ...verbs: string[]): Thenable<string | undefined> {
  const options = { modal: true, detail: printable(detail) };
  return vscode.window.showWarningMessage(printable(message), options, ...verbs);
}
