import type { BlockDevice } from '../block/blockDevice';
import { type MediumEdit, MediumEditor } from '../block/mediumEditor';
import type { MediumErrors, MediumSaver } from '../block/mediumErrors';
import { foundStatus, MediumSectors, READABLE, withFound } from '../block/mediumSectors';
import { RangeSet } from '../block/rangeSet';
import { MergedRuns } from '../concurrency/mergedRuns';
import { SerialQueue } from '../concurrency/serialQueue';
import type { LoadedMedium } from './mediumState';
import { NO_EDIT, type RescueMapFile } from './rescueMapFile';
import type { StagedText } from './textFile';

/** So long nothing was added to a large map before what was added is put into its place, in milliseconds. */
const QUIET_MS = 1000;

/** A change of a medium that is certain to be saved, unless the file itself fails at that moment. */
export interface PreparedEdit {
  /** Saves the change, without making it: of changes of several media all are to be saved before one is made. */
  save(): Promise<void>;
  /** Makes the change, after saving it if it isn't saved. */
  commit(): Promise<EditOutcome>;
  /** Gives it up; nothing has changed. One that was saved is taken back in the map, with the next flush if not now. */
  discard(): Promise<void>;
}

/** What became of an edit. */
export interface EditOutcome {
  /** Where the map is kept as it was, if the edit changed what another program had found; else null. */
  readonly kept: string | null;
}

/** Says what is to change. It may be called more than once. */
type Build = (editor: MediumEditor) => void;

/** What a medium has besides its sectors. */
type Settings = Pick<Required<MediumEdit>, 'enabled' | 'quiet'>;

/** What is about to be saved. */
interface Plan {
  /** Sectors that changed before and aren't saved; they are unsaved again if this fails. */
  readonly taken: RangeSet;
  readonly edit: MediumEdit | null;
  /** What is written: the states of those sectors, and the edit over them. */
  readonly all: Required<MediumEdit>;
  readonly mayAdd: boolean;
  /** Where a copy of the map was kept for this edit; null: none was. */
  kept: string | null;
  /** Null: it is added to the end of the map. */
  text: StagedText | null;
}

export interface KeeperOptions {
  /** Below the medium: a flush of it makes durable what was written. */
  readonly lower: BlockDevice;
  /** Throws when the map must not be written now. */
  readonly check: () => void;
  /** Called when the medium took over what another program wrote into the map. */
  readonly onReread: () => void;
}

/**
 * Keeps what a medium is in its rescue map, which other programs write too (R14). An edit is saved before it takes
 * effect, so that one which can't be saved has changed nothing. What writes and reads change by themselves is saved
 * with the next flush, after the written data are durable, and every flush fails until it is.
 *
 * Before anything is saved, the map is read again if it is another version: what changed here and isn't saved counts,
 * and that written sectors can be read; of all others counts what the map says now.
 */
export class MediumKeeper implements MediumSaver {
  readonly #file: RescueMapFile;
  readonly #medium: MediumErrors;
  readonly #options: KeeperOptions;
  readonly #queue = new SerialQueue();
  readonly #saves = new MergedRuns(() => this.#save());
  /** Sectors whose state isn't saved. */
  #unsaved = new RangeSet();
  /** Sectors written since the image was opened: they stay readable also where a map that is read again denies it. */
  readonly #written = new RangeSet();
  #savedSettings: Settings;
  /** How many saves wait or run. */
  #pending = 0;
  /** Whether what another program found, and was cleared here, is kept in a copy of the map. */
  #isKept = false;
  #quietTimer: ReturnType<typeof setTimeout> | undefined;
  #folding: AbortController | undefined;

  constructor(file: RescueMapFile, medium: MediumErrors, options: KeeperOptions) {
    this.#file = file;
    this.#medium = medium;
    this.#options = options;
    this.#savedSettings = { enabled: medium.enabled, quiet: medium.quiet };
    medium.flushWith(this);
    medium.onDidChange(({ sectors, written }) => {
      for (const run of sectors) this.#unsaved.add(...run);
      for (const run of sectors) this.#written.remove(...run);
      for (const run of written) this.#written.add(...run);
    });
  }

  get isSettled(): boolean {
    return this.#pending === 0 && this.#isSaved;
  }

  get #isSaved(): boolean {
    return this.#unsaved.runCount === 0 && this.#hasSavedSettings(this.#medium);
  }

  saved(): Promise<void> {
    if (this.isSettled) return Promise.resolve();
    this.#pending++;
    return this.#saves.run().finally(() => this.#pending--);
  }

  /**
   * Prepares a change of the medium. Until it is committed or discarded, nothing else is saved.
   * @param mayAdd whether it may be added to the end of a large map, which can still fail when it is committed
   * @throws RemapError the code of the failed file operation; `EINVAL` with the line of a damaged map. Nothing has
   * changed
   */
  async prepare(build: Build, { mayAdd = false } = {}): Promise<PreparedEdit> {
    this.#folding?.abort();
    const release = await this.#queue.hold();
    try {
      const plan = await this.#plan(build, mayAdd);
      let saved: Plan | null = null;
      return {
        save: async () => {
          saved ??= await this.#saveAll(plan, build);
        },
        commit: async () => {
          try {
            return this.#make(saved ?? (await this.#saveAll(plan, build)));
          } finally {
            release();
          }
        },
        discard: () => (saved ? this.#takeBack(saved) : this.#undo(plan)).finally(release),
      };
    } catch (error) {
      release();
      throw error;
    }
  }

  /** Makes a change of the medium, and saves it first. Errors: {@link prepare}. */
  async edit(build: Build): Promise<EditOutcome> {
    return (await this.prepare(build, { mayAdd: true })).commit();
  }

  /**
   * Takes over what another program wrote into the map.
   * @returns whether it had; a map that is gone changes nothing
   * @throws RemapError as {@link prepare}
   */
  reread(): Promise<boolean> {
    return this.#queue.run(async () => {
      const isNew = await this.#file.isReplaced();
      if (isNew) await this.#refresh();
      return isNew;
    });
  }

  /**
   * As {@link reread}, to be called again and again: a map that is being written, or was found damaged, isn't read until it
   * is the same at two calls, or another one.
   */
  follow(): Promise<void> {
    return this.#queue.run(async () => {
      if (await this.#file.isReplacedForGood()) await this.#refresh();
    });
  }

  /** Waits for what is being saved, and puts what was added to a large map into its place. */
  async close(): Promise<void> {
    await this.abandon();
    await this.#queue.run(() => this.#fold());
  }

  /** Stops, with the map as it is. */
  async abandon(): Promise<void> {
    clearTimeout(this.#quietTimer);
    this.#folding?.abort();
    await this.#queue.idle();
    clearTimeout(this.#quietTimer);
  }

  async #save(): Promise<void> {
    this.#folding?.abort();
    await this.#queue.run(async () => {
      if (this.#isSaved) await this.#options.lower.flush();
      else this.#make(await this.#saveAll(await this.#plan(null, true), null));
    });
  }

  /** Prepares to save what changed, and an edit. If that fails, nothing has changed. */
  async #plan(build: Build | null, mayAdd: boolean): Promise<Plan> {
    for (;;) {
      this.#options.check();
      if (!(await this.#file.isCurrent())) await this.#refresh();
      const edit = build && this.#editOf(build);
      const plan: Plan = { ...this.#take(edit), edit, mayAdd, kept: null, text: null };
      try {
        if (!edit || plan.taken.runCount > 0) await this.#options.lower.flush();
        plan.kept = await this.#keepRecord(edit);
        if (this.#isNothing(plan.all) || (mayAdd && this.#canAdd(plan.all))) return plan;
        plan.text = await this.#file.prepare(plan.all);
        if (plan.text) return plan;
      } catch (error) {
        await this.#undo(plan);
        throw error;
      }
      await this.#undo(plan);
    }
  }

  /** Makes what was saved. */
  #make({ edit, kept }: Plan): EditOutcome {
    if (edit) this.#apply(edit);
    if (this.#file.hasAdded) this.#foldLater();
    return { kept };
  }

  /** Writes what was prepared, or what is to be written instead since the map is another version now. */
  async #saveAll(prepared: Plan, build: Build | null): Promise<Plan> {
    let plan = prepared;
    while (!(await this.#write(plan))) plan = await this.#plan(build, plan.mayAdd);
    const { enabled, quiet } = plan.all;
    this.#savedSettings = { enabled, quiet };
    return plan;
  }

  /** An edit that was saved isn't made: the map is to say again what the medium is. */
  async #takeBack({ edit, kept }: Plan): Promise<void> {
    for (const run of edit?.states ?? []) this.#unsaved.add(...run);
    try {
      if (!this.#isSaved) await this.#saveAll(await this.#plan(null, true), null);
    } catch {
      // It stays unsaved, and every flush fails until it is.
      return;
    }
    if (kept === null) return;
    await this.#file.dropCopy(kept);
    this.#isKept = false;
  }

  /** Writes what was prepared; false if the map is another version now, so that all is to be prepared again. */
  async #write(plan: Plan): Promise<boolean> {
    try {
      if (this.#isNothing(plan.all)) return true;
      const isDone = plan.text
        ? (await plan.text.commit()) !== undefined
        : await this.#file.add(plan.all.states);
      if (!isDone) await this.#undo(plan);
      return isDone;
    } catch (error) {
      await this.#undo(plan);
      throw error;
    }
  }

  async #undo({ taken, all, text, kept }: Plan): Promise<void> {
    for (const run of taken) this.#unsaved.add(...run);
    await text?.discard();
    if (text?.isInPlace) return this.#disown(all);
    if (kept === null) return;
    await this.#file.dropCopy(kept);
    this.#isKept = false;
  }

  /** A map that has a failed edit is to say again what the medium is. The copy of the map as it was stays. */
  #disown({ states, enabled, quiet }: Required<MediumEdit>): void {
    for (const run of states) this.#unsaved.add(...run);
    this.#savedSettings = { enabled, quiet };
  }

  #editOf(build: Build): MediumEditor {
    const editor = new MediumEditor(this.#medium);
    build(editor);
    return editor;
  }

  #take(edit: MediumEdit | null): Pick<Plan, 'taken' | 'all'> {
    const taken = this.#unsaved;
    this.#unsaved = new RangeSet();
    const states = new RangeSet();
    for (const run of taken) {
      for (const { first, sectorCount, state } of this.#medium.statesIn(...run))
        states.add(first, sectorCount, state);
    }
    for (const { first, sectorCount, tag } of edit?.states.tagged() ?? [])
      states.add(first, sectorCount, tag);
    const { enabled, quiet } = this.#medium;
    return { taken, all: { states, enabled: edit?.enabled ?? enabled, quiet: edit?.quiet ?? quiet } };
  }

  /** Makes an edit. Sectors that were written after it was planned count as found readable, also below a fault. */
  #apply(edit: MediumEdit): void {
    const overWritten = new RangeSet();
    for (const { first, sectorCount, tag } of edit.states.tagged()) {
      if (tag !== READABLE) this.#written.remove(first, sectorCount);
      for (const run of this.#unsaved.overlaps(first, sectorCount)) {
        for (const was of this.#medium.statesIn(...run)) {
          if (was.state !== READABLE) continue;
          overWritten.add(was.first, was.sectorCount, withFound(tag, READABLE));
        }
      }
    }
    this.#medium.apply(edit);
    this.#medium.apply({ states: overWritten });
  }

  /** Keeps the map as it is if an edit changes what another program found, unless a copy of it tells that already. */
  async #keepRecord(edit: MediumEdit | null): Promise<string | null> {
    if (!edit || this.#isKept || !this.#file.exists || !this.#changesFindings(edit)) return null;
    const copy = await this.#file.keepCopy();
    this.#isKept = true;
    return copy;
  }

  #changesFindings({ states }: MediumEdit): boolean {
    if (this.#medium.foundCount === 0) return false;
    for (const { first, sectorCount, tag } of states.tagged()) {
      for (const { state } of this.#medium.statesIn(first, sectorCount)) {
        if (foundStatus(state) !== foundStatus(tag)) return true;
      }
    }
    return false;
  }

  #isNothing(all: Required<MediumEdit>): boolean {
    return all.states.runCount === 0 && this.#hasSavedSettings(all);
  }

  #canAdd(all: Required<MediumEdit>): boolean {
    return this.#hasSavedSettings(all) && this.#file.canAdd(all.states);
  }

  #hasSavedSettings({ enabled, quiet }: Settings): boolean {
    return enabled === this.#savedSettings.enabled && quiet === this.#savedSettings.quiet;
  }

  /** Reads the map again. One that is gone is written anew with all that is known. */
  async #refresh(): Promise<void> {
    const medium = await this.#file.readMedium();
    if (medium) {
      this.#takeOver(medium);
      this.#options.onReread();
    } else {
      for (const { first, sectorCount } of this.#medium.unreadable()) this.#unsaved.add(first, sectorCount);
    }
  }

  #takeOver({ badSectors, notRescued, injected, enabled, quiet }: LoadedMedium): void {
    const sectors = new MediumSectors(badSectors, notRescued, injected);
    for (const run of this.#written) {
      for (const { first, sectorCount, state } of sectors.statesIn(...run)) {
        if (state !== READABLE) this.#unsaved.add(first, sectorCount);
      }
    }
    for (const run of this.#unsaved) {
      for (const { first, sectorCount, state } of this.#medium.statesIn(...run)) {
        sectors.set(first, sectorCount, state);
      }
    }
    const settings = this.#hasSavedSettings(this.#medium) ? { enabled, quiet } : this.#medium;
    this.#savedSettings = { enabled, quiet };
    this.#medium.replace(sectors, settings);
    this.#isKept = false;
  }

  #foldLater(): void {
    clearTimeout(this.#quietTimer);
    this.#quietTimer = setTimeout(() => void this.#queue.run(() => this.#fold()), QUIET_MS);
    this.#quietTimer.unref();
  }

  /** Puts what was added into its place. If that fails, it counts where it stands, and the next change tries again. */
  async #fold(): Promise<void> {
    if (!this.#file.hasAdded) return;
    this.#folding = new AbortController();
    try {
      this.#options.check();
      const text = await this.#file.prepare(NO_EDIT, this.#folding.signal);
      await text?.commit();
    } catch {
      // What was added is durable where it stands.
    } finally {
      this.#folding = undefined;
    }
  }
}
