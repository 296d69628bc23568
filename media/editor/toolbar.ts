import type { Display } from '../../src/shared/display';
import {
  type Direction,
  type GoToTarget,
  type Landmark,
  SECTOR_SIZE,
  type ViewId,
  type ViewInfo,
} from '../../src/shared/protocol';
import { DisplayMenu } from './displayMenu';
import { element, iconButton } from './dom';
import { keepKeysOfBox } from './editOrder';
import type { GotoResult } from './gotoExpression';
import { decimal, sizeText } from './numberTexts';
import type { Stops } from './placeHistory';
import { RadioGroup, type RadioOption } from './radioGroup';

export interface ToolbarActions {
  showView(id: ViewId): void;
  /** Reads the input of the "go to" box. */
  parseGoto(input: string): GotoResult;
  goTo(byteOffset: number): void;
  /** @throws Error with a sentence for people if there is no such target */
  goToTarget(target: GoToTarget): Promise<void>;
  /** Goes back to the place that was left last, or forward again. */
  step(direction: 'back' | 'forward'): void;
  seek(landmark: Landmark, direction: Direction): void;
  /** Opens the find bar. */
  find(): void;
  /** Reads the disk again. */
  refresh(): void;
  toggleInspector(): void;
  toggleMap(): void;
  /** Shows bytes in another way. */
  setDisplay(display: Display): void;
  /** Gives the focus back to the grid. */
  leave(): void;
}

/** Landmarks that are counted. Few views have any of the last three: these are shown only where there are some. */
const COUNTED = ['bad', 'notRescued', 'marker', 'unsaved'] as const;
const RARE: readonly Landmark[] = ['notRescued', 'marker', 'unsaved'];

const LANDMARKS: readonly (readonly [Landmark, label: string])[] = [
  ['remapped', 'Remapped'],
  ['bad', 'Bad'],
  ['notRescued', 'Not rescued'],
  ['marker', 'Marker'],
  ['unsaved', 'Changed'],
  ['nonZero', 'Non-zero'],
];

/** The row of controls above the grid. */
export class Toolbar {
  readonly root: HTMLElement;
  readonly #views: RadioGroup<ViewId>;
  readonly #goto: HTMLInputElement;
  readonly #gotoError = element('div', {
    class: 'input-error',
    id: 'goto-error',
    role: 'alert',
    hidden: true,
  });
  readonly displayMenu: DisplayMenu;
  readonly #inspector: HTMLButtonElement;
  readonly #map: HTMLButtonElement;
  readonly #back: HTMLButtonElement;
  readonly #forward: HTMLButtonElement;
  readonly #landmarks = element('div', { class: 'landmarks' });

  constructor(private readonly actions: ToolbarActions) {
    this.#views = new RadioGroup('View', actions.showView);
    this.#goto = element('input', {
      type: 'text',
      class: 'goto',
      'aria-label': 'Go to sector',
      'aria-describedby': 'goto-error',
      placeholder: 'Go to sector…',
      title:
        'Sector (1000, 0x3E8, 1000+8), distance (+8), “end”, “byte 0x7D000”, “bookmark NAME”, “marker 3” or “remap 3”',
      spellcheck: 'false',
      autocomplete: 'off',
    });
    this.#goto.addEventListener('input', () => this.#check(false));
    this.#goto.addEventListener('keydown', (event) => this.#onKey(event));
    this.#goto.addEventListener('blur', () => {
      this.#gotoError.hidden = true;
    });
    for (const [landmark, label] of LANDMARKS) this.#landmarks.append(this.#landmarkGroup(landmark, label));
    this.#back = iconButton('arrow-left', 'Go Back', () => actions.step('back'));
    this.#forward = iconButton('arrow-right', 'Go Forward', () => actions.step('forward'));
    this.showHistory({ back: [], forward: [] });
    this.displayMenu = new DisplayMenu(actions.setDisplay);
    this.#map = iconButton('map', 'Map', actions.toggleMap);
    this.#map.setAttribute('aria-pressed', 'false');
    this.#inspector = iconButton('inspect', 'Data Inspector', actions.toggleInspector);
    this.root = element(
      'div',
      { class: 'toolbar', role: 'toolbar', 'aria-label': 'Sector editor' },
      this.#views.root,
      element('div', { class: 'history', role: 'group', 'aria-label': 'History' }, this.#back, this.#forward),
      element('div', { class: 'goto-box' }, this.#goto, this.#gotoError),
      this.#landmarks,
      element('div', { class: 'spacer' }),
      element(
        'div',
        { class: 'tools' },
        iconButton('search', 'Find Bytes or Text', actions.find),
        iconButton('refresh', 'Read Again', actions.refresh),
        this.displayMenu.root,
        this.#map,
        this.#inspector,
      ),
    );
  }

  /** Shows the buttons of the views. A file by itself has one view, and then none is shown. */
  showViews(views: readonly ViewInfo[], current: ViewId): void {
    this.#views.root.hidden = views.length < 2;
    this.#views.show(views.map(optionOf), current);
    this.#landmarks.querySelector('[data-landmark="remapped"]')?.toggleAttribute('hidden', views.length < 2);
  }

  /** Shows how many sectors of the view are worth going to. A group that has the focus gives it up before it is hidden. */
  showCounts(counts: Readonly<Record<(typeof COUNTED)[number], number>>): void {
    for (const kind of COUNTED) {
      const group = this.#landmarks.querySelector<HTMLElement>(`[data-landmark="${kind}"]`)!;
      const count = counts[kind] === 0 ? '' : decimal(counts[kind]);
      const badge = group.querySelector('.landmark-count')!;
      if (badge.textContent !== count) badge.textContent = count;
      if (!RARE.includes(kind)) continue;
      if (count === '' && group.contains(document.activeElement)) this.actions.leave();
      group.hidden = count === '';
    }
  }

  /** Enables the buttons that lead somewhere. One that has the focus gives it up before it is disabled. */
  showHistory({ back, forward }: Stops): void {
    for (const [button, stops] of [
      [this.#back, back],
      [this.#forward, forward],
    ] as const) {
      if (stops.length === 0 && document.activeElement === button) this.actions.leave();
      button.disabled = stops.length === 0;
    }
  }

  showMapPanel(open: boolean): void {
    this.#map.setAttribute('aria-pressed', String(open));
  }

  showInspector(open: boolean): void {
    this.#inspector.setAttribute('aria-pressed', String(open));
  }

  focusGoto(): void {
    this.#goto.focus();
    this.#goto.select();
  }

  #landmarkGroup(landmark: Landmark, label: string): HTMLElement {
    const name = label.toLowerCase();
    return element(
      'div',
      {
        class: 'landmark',
        role: 'group',
        'aria-label': `${label} sectors`,
        'data-landmark': landmark,
        hidden: RARE.includes(landmark),
      },
      element('span', { class: 'landmark-label' }, label),
      element('span', { class: 'landmark-count' }),
      iconButton('arrow-up', `Previous ${name} sector`, () => this.actions.seek(landmark, 'previous')),
      iconButton('arrow-down', `Next ${name} sector`, () => this.actions.seek(landmark, 'next')),
    );
  }

  /** Shows what is wrong with the input. An empty one is wrong only after Enter (`going`). */
  #check(going: boolean): GotoResult {
    const result = this.actions.parseGoto(this.#goto.value);
    this.#complain(!result.ok && (going || this.#goto.value.trim() !== '') ? result.message : null);
    return result;
  }

  #complain(message: string | null): void {
    this.#gotoError.hidden = message === null;
    this.#gotoError.textContent = message ?? '';
    this.#goto.setAttribute('aria-invalid', String(message !== null));
  }

  /** Goes to a target, or shows that there is none unless the input is another one by then. */
  #goToTarget(target: GoToTarget): void {
    const { value } = this.#goto;
    this.actions.goToTarget(target).then(
      () => this.actions.leave(),
      (error: unknown) => {
        if (this.#goto.value === value) this.#complain((error as Error).message);
      },
    );
  }

  #onKey(event: KeyboardEvent): void {
    keepKeysOfBox(event, true);
    if (event.key === 'Escape') {
      this.#gotoError.hidden = true;
      this.actions.leave();
    } else if (event.key === 'Enter') {
      const result = this.#check(true);
      if (!result.ok) return;
      if ('target' in result) this.#goToTarget(result.target);
      else {
        this.actions.goTo(result.byteOffset);
        this.actions.leave();
      }
    } else {
      return;
    }
    event.preventDefault();
  }
}

function optionOf({ id, label, description, byteCount }: ViewInfo): RadioOption<ViewId> {
  const sectors = decimal(Math.ceil(byteCount / SECTOR_SIZE));
  return { id, label, title: `${description}: ${sectors} sectors, ${sizeText(byteCount)}` };
}
