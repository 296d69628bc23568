/** What a person did with a question. */
export type Reply<T> =
  /** `shown`: the answer as it was typed or picked. */
  | { readonly kind: 'answer'; readonly value: T; readonly shown: string }
  | { readonly kind: 'back' }
  | { readonly kind: 'cancel' };

/** Where a question stands in its dialog. */
export interface QuestionPlace {
  /** From 1 on. */
  readonly step: number;
  /** How many questions there are, as far as that is known. */
  readonly totalSteps: number;
  /** What was typed or picked before the person went back. */
  readonly earlier: string | undefined;
}

/** Asks a question and resolves to its answer. The key tells the questions apart that may stand in one place. */
export type Ask = <T>(key: string, show: (place: QuestionPlace) => Promise<Reply<T>>) => Promise<T>;

interface Answered {
  readonly key: string;
  readonly value: unknown;
  readonly shown: string;
}

/** Leaves the flow, which does not know of it. */
class Left extends Error {
  constructor(readonly how: 'back' | 'cancel') {
    super(how);
  }
}

/**
 * Runs questions that follow each other: a flow is a function that asks, and goes on with what was answered. When a
 * person goes back, the flow runs anew: the questions before the last one get their answers at once, and the last one is
 * shown again with its earlier answer. So a flow must change nothing that matters before its last question.
 * @param steps how many questions there are, as far as it is known; the flow may correct it by `expect`
 * @returns what the flow returns; undefined when the person cancelled
 */
export async function runQuestions<T>(
  flow: (ask: Ask, expect: (steps: number) => void) => Promise<T>,
  steps: number,
): Promise<T | undefined> {
  const answered: Answered[] = [];
  let known = 0;
  for (;;) {
    let asked = 0;
    let totalSteps = steps;
    const ask = async <A>(key: string, show: (place: QuestionPlace) => Promise<Reply<A>>): Promise<A> => {
      const index = asked++;
      const before = answered[index];
      if (index < known && before?.key === key) return before.value as A;
      const earlier = before?.key === key ? before.shown : undefined;
      const step = index + 1;
      const reply = await show({ step, totalSteps: Math.max(totalSteps, step), earlier });
      known = index;
      if (reply.kind !== 'answer') throw new Left(reply.kind);
      answered[index] = { key, value: reply.value, shown: reply.shown };
      known = asked;
      return reply.value;
    };
    try {
      return await flow(ask, (count) => {
        totalSteps = count;
      });
    } catch (error) {
      if (!(error instanceof Left)) throw error;
      if (error.how === 'cancel') return undefined;
      known = Math.max(0, known - 1);
    }
  }
}
