import * as vscode from 'vscode';
import { withoutIcons, withoutIconsAndLinks } from '../contract/foreignText';
import { problemWith } from '../contract/typedInput';
import { printable } from '../engine';
import type { QuestionPlace, Reply } from './questionRun';

/** What an input box shows, and how its text is read. */
export interface TextQuestion<T> {
  readonly prompt: string;
  readonly value?: string;
  readonly placeHolder?: string;
  /** Makes a value of the text, or throws a RemapError that says what is wrong with it. */
  readonly read: (text: string) => T;
  /** What to know about a text that is right; undefined: nothing. */
  readonly hint?: (text: string) => string | undefined;
}

/** One item of a list to choose from, and the value that it stands for. */
export interface Choice<T> {
  readonly label: string;
  readonly description?: string | undefined;
  readonly detail?: string | undefined;
  readonly value: T;
}

/** A list to choose from. */
export interface ListQuestion<T> {
  readonly placeHolder: string;
  readonly choices: readonly Choice<T>[];
  /** Whether several can be chosen; all are at first. */
  readonly many: boolean;
}

/** Asks for a text, which is checked while it is typed. */
export function showText<T>(
  title: string,
  question: TextQuestion<T>,
  place: QuestionPlace,
): Promise<Reply<T>> {
  const { prompt, value = '', placeHolder, read } = question;
  const box = vscode.window.createInputBox();
  box.prompt = withoutIconsAndLinks(prompt);
  box.placeholder = placeHolder;
  box.value = place.earlier ?? value;
  if (complaintAbout(question, box.value) === undefined)
    box.validationMessage = hintAbout(question, box.value);
  box.onDidChangeValue((typed) => {
    box.validationMessage = complaintAbout(question, typed) ?? hintAbout(question, typed);
  });
  return show(box, title, place, (answer) => {
    const typed = box.value;
    const complaint = complaintAbout(question, typed);
    if (complaint === undefined) answer({ kind: 'answer', value: read(typed), shown: typed });
    else box.validationMessage = complaint;
  });
}

/** Asks to choose from a list: at least one of its items. */
export function showList<T>(
  title: string,
  { placeHolder, choices, many }: ListQuestion<T>,
  place: QuestionPlace,
): Promise<Reply<readonly Choice<T>[]>> {
  const items = choices.map((choice) => ({ ...shown(choice), choice }));
  const list = vscode.window.createQuickPick<(typeof items)[number]>();
  list.placeholder = printable(placeHolder);
  list.canSelectMany = many;
  list.matchOnDescription = true;
  list.matchOnDetail = true;
  list.items = items;
  const earlier = place.earlier?.split('\n');
  const chosen = items.filter(({ label }) => (earlier ? earlier.includes(label) : many));
  if (many) list.selectedItems = chosen;
  else if (chosen.length > 0) list.activeItems = chosen;
  return show(list, title, place, (answer) => {
    const { selectedItems } = list;
    if (selectedItems.length === 0) return;
    const labels = selectedItems.map(({ label }) => label).join('\n');
    answer({ kind: 'answer', value: selectedItems.map(({ choice }) => choice), shown: labels });
  });
}

/** Shows a question until it is answered, left by its button, or closed. It stays when the focus moves. */
function show<T>(
  input: vscode.InputBox | vscode.QuickPick<vscode.QuickPickItem>,
  title: string,
  { step, totalSteps }: QuestionPlace,
  accept: (answer: (reply: Reply<T>) => void) => void,
): Promise<Reply<T>> {
  return new Promise<Reply<T>>((resolve) => {
    input.title = printable(title);
    if (totalSteps > 1) {
      input.step = step;
      input.totalSteps = totalSteps;
    }
    if (step > 1) input.buttons = [vscode.QuickInputButtons.Back];
    input.ignoreFocusOut = true;
    input.onDidTriggerButton(() => resolve({ kind: 'back' }));
    input.onDidAccept(() => accept(resolve));
    input.onDidHide(() => resolve({ kind: 'cancel' }));
    input.show();
  }).finally(() => {
    // Not before the next question is there: the focus would go back to the window for that moment, and parts of it,
    // as the walkthrough, take it again only when that question has it.
    setTimeout(() => input.dispose());
  });
}

function complaintAbout<T>({ read }: TextQuestion<T>, typed: string): string | undefined {
  const problem = problemWith(() => read(typed));
  return problem === undefined ? undefined : withoutIconsAndLinks(problem);
}

function hintAbout<T>(
  { hint }: TextQuestion<T>,
  typed: string,
): vscode.InputBoxValidationMessage | undefined {
  const text = hint?.(typed);
  if (text === undefined) return undefined;
  return { message: withoutIconsAndLinks(text), severity: vscode.InputBoxValidationSeverity.Info };
}

function shown<T>({ label, description, detail }: Choice<T>) {
  return {
    label: withoutIcons(label),
    ...(description !== undefined && { description: withoutIcons(description) }),
    ...(detail !== undefined && { detail: withoutIcons(detail) }),
  };
}
