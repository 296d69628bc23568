import { driver } from './driver';
import { call, until } from './remap';

/** The messages of all notifications. Leaves their list open. */
export async function notifications(): Promise<string[]> {
  await call('notifications.showList');
  return driver.workbench.texts('.notification-list-item-message');
}

/** Waits for a notification. Shows the list again and again: an empty one closes by itself. */
export async function notified(text: string): Promise<void> {
  await until(`a notification: ${text}`, async () =>
    (await notifications()).some((message) => message.includes(text)),
  );
}

/** Waits until a question was refused: the window shows no dialogs in tests, and tells of each by a notification. */
export async function dialogRefused(): Promise<void> {
  await notified('dialog');
}
