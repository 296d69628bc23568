import * as vscode from 'vscode';
import { withoutIcons, withoutIconsAndLinks } from '../contract/foreignText';
import { problemWith } from '../contract/typedInput';
import { printable } from '../engine';

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
export async function askText<T>(question: TextQuestion<T>): Promise<T | undefined> {
  const { read, hint, title, prompt, value, placeHolder } = question;
  const text = await vscode.window.showInputBox({
    title: printable(title),
    prompt: withoutIconsAndLinks(prompt),
    ...(value !== undefined && { value }),
    ...(placeHolder !== undefined && { placeHolder }),
    validateInput: (typed) => asComplaint(problemWith(() => read(typed))) ?? asInformation(hint?.(typed)),
  });
  return text === undefined ? undefined : read(text);
}

function asComplaint(problem: string | undefined): string | undefined {
  return problem === undefined ? undefined : withoutIconsAndLinks(problem);
}

function asInformation(hint: string | undefined): vscode.InputBoxValidationMessage | undefined {
  if (hint === undefined) return undefined;
  return { message: withoutIconsAndLinks(hint), severity: vscode.InputBoxValidationSeverity.Info };
}

/** One item of a list to choose from, and the value that it stands for. */
export interface Choice<T> {
  readonly label: string;
  readonly description?: string;
  readonly detail?: string;
  readonly value: T;
}

/** Asks to choose from a list; undefined: the person cancelled. */
export async function askChoice<T>(
  title: string,
  placeHolder: string,
  choices: readonly Choice<T>[],
): Promise<T | undefined> {
  const options = { title: printable(title), placeHolder: printable(placeHolder), matchOnDetail: true };
  const picked = await vscode.window.showQuickPick(choices.map(shown), options);
  return picked?.value;
}

/** As {@link askChoice}, for several of them; all are chosen at first. */
export async function askChoices<T>(
  title: string,
  placeHolder: string,
  choices: readonly Choice<T>[],
): Promise<T[] | undefined> {
  const picked = await vscode.window.showQuickPick(
    choices.map((choice) => ({ ...shown(choice), picked: true })),
    {
      title: printable(title),
      placeHolder: printable(placeHolder),
      canPickMany: true,
      matchOnDescription: true,
      matchOnDetail: true,
    },
  );
  return picked?.map(({ value }) => value);
}

/** Asks whether to do something that can't be undone; `verb` is the text of the button that does it. */
export async function confirm(message: string, detail: string, verb: string): Promise<boolean> {
  return (await decide(message, detail, verb)) === verb;
}

/** As {@link confirm}, for several ways to go on. @returns the text of the button; undefined: the person cancelled */
export function decide(message: string, detail: string, ...verbs: string[]): Thenable<string | undefined> {
  const options = { modal: true, detail: printable(detail) };
  return vscode.window.showWarningMessage(printable(message), options, ...verbs);
}

function shown<T>({ label, description, detail, value }: Choice<T>) {
  return {
    label: withoutIcons(label),
    ...(description !== undefined && { description: withoutIcons(description) }),
    ...(detail !== undefined && { detail: withoutIcons(detail) }),
    value,
  };
}
