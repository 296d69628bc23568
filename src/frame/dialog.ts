import * as vscode from 'vscode';
import { problemWith } from '../contract/typedInput';
import { type Ask, type QuestionPlace, type Reply, runQuestions } from './questionRun';

/** What an input box shows, and how its text is read. */
export interface TextQuestion<T> {
  readonly prompt: string;
  readonly value?: string;
  readonly placeHolder?: string;
  /** Makes a value of the text, or throws a RemapError that says what is wrong with it. */
  readonly read: (text: string) => T;
  /** What is to be known of a text that can be read. */
  readonly hint?: (text: string) => string | undefined;
}

/** One item of a list to choose from, and the value that it stands for. */
export interface Choice<T> extends vscode.QuickPickItem {
  readonly value: T;
}

/** The questions of one command: each with the command's title, its step, and a button that goes back. */
export class Dialog {
  readonly #title: string;
  readonly #ask: Ask;
  /** Corrects how many questions there are, as soon as an answer tells. */
  readonly expect: (steps: number) => void;

  constructor(title: string, ask: Ask, expect: (steps: number) => void) {
    this.#title = title;
    this.#ask = ask;
    this.expect = expect;
  }

  /** Asks for a text, which is checked while it is typed. */
  text<T>(question: TextQuestion<T>): Promise<T> {
    return this.#ask(question.prompt, (place) => showText(this.#title, question, place));
  }

  /** Asks to choose from a list. */
  choice<T>(placeHolder: string, choices: readonly Choice<T>[]): Promise<T> {
    return this.#ask(placeHolder, async (place) => {
      const reply = await showList(this.#title, placeHolder, choices, place, false);
      if (reply.kind !== 'answer') return reply;
      const [picked] = reply.value;
      return { kind: 'answer', value: picked!.value, shown: picked!.label };
    });
  }

  /** Asks to choose any number of a list, at least one; those with `picked` are chosen at first. */
  choices<T>(placeHolder: string, choices: readonly Choice<T>[]): Promise<T[]> {
    return this.#ask(placeHolder, async (place) => {
      const reply = await showList(this.#title, placeHolder, choices, place, true);
      if (reply.kind !== 'answer') return reply;
      const shown = reply.value.map(({ label }) => label).join('\n');
      return { kind: 'answer', value: reply.value.map(({ value }) => value), shown };
    });
  }

  /** Asks for a file or folder in the system's own dialog. */
  file(options: vscode.OpenDialogOptions): Promise<vscode.Uri> {
    return this.#ask(options.openLabel ?? this.#title, async () => {
      const picked = await vscode.window.showOpenDialog({ title: this.#title, ...options });
      return picked?.[0] ? { kind: 'answer', value: picked[0], shown: picked[0].fsPath } : { kind: 'cancel' };
    });
  }
}

/**
 * Asks the questions of a command, one after the other. A flow runs anew when the person goes back (`runQuestions`).
 * @returns what the flow returns; undefined when the person cancelled
 */
export function runDialog<T>(
  title: string,
  flow: (dialog: Dialog) => Promise<T>,
  steps = 1,
): Promise<T | undefined> {
  return runQuestions((ask, expect) => flow(new Dialog(title, ask, expect)), steps);
}

/** Asks whether to do something that can't be undone; `verb` is the text of the button that does it. */
export async function confirm(message: string, detail: string, verb: string): Promise<boolean> {
  return (await vscode.window.showWarningMessage(message, { modal: true, detail }, verb)) === verb;
}

function showText<T>(title: string, question: TextQuestion<T>, place: QuestionPlace): Promise<Reply<T>> {
  const { prompt, value = '', placeHolder, read, hint } = question;
  const box = vscode.window.createInputBox();
  box.prompt = prompt;
  box.placeholder = placeHolder;
  box.value = place.earlier ?? value;
  const check = () => {
    const problem = problemWith(() => read(box.value));
    const note = problem === undefined ? hint?.(box.value) : undefined;
    box.validationMessage =
      note === undefined ? problem : { message: note, severity: vscode.InputBoxValidationSeverity.Info };
    return problem === undefined;
  };
  box.onDidChangeValue(check);
  return show(box, title, place, (answer) => {
    if (check()) answer({ kind: 'answer', value: read(box.value), shown: box.value });
  });
}

function showList<T>(
  title: string,
  placeHolder: string,
  choices: readonly Choice<T>[],
  place: QuestionPlace,
  many: boolean,
): Promise<Reply<readonly Choice<T>[]>> {
  const list = vscode.window.createQuickPick<Choice<T>>();
  list.placeholder = placeHolder;
  list.canSelectMany = many;
  list.matchOnDescription = true;
  list.matchOnDetail = true;
  list.items = choices;
  const earlier = place.earlier?.split('\n');
  const isChosen = ({ label, picked }: Choice<T>) => (earlier ? earlier.includes(label) : picked === true);
  if (many) list.selectedItems = choices.filter(isChosen);
  else list.activeItems = choices.filter(isChosen);
  return show(list, title, place, (answer) => {
    const { selectedItems } = list;
    if (selectedItems.length > 0)
      answer({ kind: 'answer', value: selectedItems, shown: selectedItems.map(({ label }) => label).join() });
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
    input.title = title;
    if (totalSteps > 1) Object.assign(input, { step, totalSteps });
    if (step > 1) input.buttons = [vscode.QuickInputButtons.Back];
    input.ignoreFocusOut = true;
    input.onDidTriggerButton(() => resolve({ kind: 'back' }));
    input.onDidAccept(() => accept(resolve));
    input.onDidHide(() => resolve({ kind: 'cancel' }));
    input.show();
  }).finally(() => input.dispose());
}
