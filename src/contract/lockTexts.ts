import { basename } from 'node:path';
import { type DoubtfulLock, RemapError } from '../engine';
import type { ModalQuestion } from './displacedTexts';
import { listInWords } from './wording';

export const BREAK_LOCK = 'Break Lock...';

/** Whether an error is about a lock that may have to be broken. */
export function isInDoubt(error: unknown): boolean {
  return error instanceof RemapError && error.code === 'EBUSY' && error.details.lockPath !== undefined;
}

/** What a person is asked before locks are broken whose owners can't be asked from here. */
export function breakLockQuestion(locks: readonly DoubtfulLock[]): ModalQuestion {
  const names = locks.map(({ image }) => basename(image));
  const owners = locks.map(
    ({ lockPath, owner }) =>
      `${lockPath} ${owner ? `was taken by process ${owner.pid} on ${owner.host}` : 'names no process'}.`,
  );
  return {
    message: `Break the lock of ${listInWords(names)}?`,
    detail: `${owners.join(' ')} It can't be known from here whether that program is gone. If it still has the image open, it and this window write over each other, and data are lost: look there first.`,
    verbs: ['Break Lock'],
  };
}
