import { DEFAULT_DISPLAY, DISPLAY_CHOICES, type Display } from '../../src/shared/display';
import { element, iconButton } from './dom';

type ChoicePart = keyof typeof DISPLAY_CHOICES;

const LABELS: Readonly<Record<ChoicePart, string>> = {
  bytesPerRow: 'Bytes a row',
  grouping: 'Bytes a group',
  offsets: 'Offsets',
  text: 'Text',
  sectorSize: 'Bytes a sector',
};

/** What is on or off. */
const SWITCHES = {
  colors: 'Colours by kind of byte',
  structureColors: 'Colours of structures',
  folds: 'Fold equal sectors',
} as const;
type SwitchPart = keyof typeof SWITCHES;

/** The choices in words; one that isn't here is a number. */
const WORDS: Readonly<Record<string, string>> = {
  auto: 'As many as fit',
  hex: 'Byte, hexadecimal',
  decimal: 'Byte, decimal',
  sector: 'Sector + byte',
  ascii: 'ASCII',
  latin1: 'Latin-1',
  utf8: 'UTF-8',
  utf16le: 'UTF-16 LE',
  utf16be: 'UTF-16 BE',
};

/** The button of the toolbar that opens the choices of how bytes are shown, and these choices. */
export class DisplayMenu {
  readonly root: HTMLElement;
  readonly #button = iconButton('settings', 'How Bytes Are Shown', () =>
    this.#toggle(this.#panel.hidden === true),
  );
  readonly #panel = element('div', {
    class: 'display-panel',
    role: 'dialog',
    'aria-label': 'How bytes are shown',
    hidden: true,
  });
  readonly #selects = new Map<ChoicePart, HTMLSelectElement>();
  readonly #boxes = new Map<SwitchPart, HTMLInputElement>();
  #display = DEFAULT_DISPLAY;

  /** @param choose takes what the person chose; what is shown follows when `show` is called */
  constructor(private readonly choose: (display: Display) => void) {
    for (const part of Object.keys(DISPLAY_CHOICES) as ChoicePart[]) this.#panel.append(this.#choice(part));
    for (const part of Object.keys(SWITCHES) as SwitchPart[]) this.#panel.append(this.#switch(part));
    this.#button.setAttribute('aria-haspopup', 'dialog');
    this.root = element('div', { class: 'display-menu' }, this.#button, this.#panel);
    this.root.addEventListener('keydown', (event) => this.#onKey(event));
    this.root.addEventListener('focusout', ({ relatedTarget }) => {
      if (relatedTarget && !this.root.contains(relatedTarget as Node)) this.#toggle(false);
    });
    this.#toggle(false);
  }

  /** Shows these as the present choices. */
  show(display: Display): void {
    this.#display = display;
    for (const [part, select] of this.#selects) select.value = String(display[part]);
    for (const [part, box] of this.#boxes) box.checked = display[part];
  }

  #choice(part: ChoicePart): HTMLElement {
    const options = DISPLAY_CHOICES[part].map((value) =>
      element('option', { value }, WORDS[value] ?? String(value)),
    );
    const select = element('select', {}, ...options);
    select.addEventListener('change', () => {
      const chosen = DISPLAY_CHOICES[part].find((value) => String(value) === select.value);
      this.#choose({ [part]: chosen });
    });
    this.#selects.set(part, select);
    return element('label', {}, element('span', {}, LABELS[part]), select);
  }

  #switch(part: SwitchPart): HTMLElement {
    const box = element('input', { type: 'checkbox' });
    box.addEventListener('change', () => this.#choose({ [part]: box.checked }));
    this.#boxes.set(part, box);
    return element('label', {}, box, element('span', {}, SWITCHES[part]));
  }

  #choose(change: Partial<Display>): void {
    this.choose({ ...this.#display, ...change });
  }

  #toggle(open: boolean): void {
    this.#panel.hidden = !open;
    this.#button.setAttribute('aria-expanded', String(open));
    if (open) this.#selects.get('bytesPerRow')?.focus();
  }

  #onKey(event: KeyboardEvent): void {
    if (event.key !== 'Escape' || this.#panel.hidden) return;
    event.preventDefault();
    this.#toggle(false);
    this.#button.focus();
  }
}
