import { inspect } from 'node:util';
import type fc from 'fast-check';

/** What came of an input: it was taken, or refused as it should be. */
export type Outcome = 'taken' | 'refused';

/** A door through which bytes come that alo did not write, for inputs of any kind. */
export type Door = {
  readonly name: string;
  /** About as many as take a second. */
  readonly casesPerRound: number;
  readonly cases: fc.Arbitrary<unknown>;
  /** Rejects where the door does what it must never do. */
  readonly tryCase: (one: unknown) => Promise<Outcome>;
  /** A case in words, and the input that was made of it. */
  readonly show: (one: unknown) => Promise<string>;
};

type DoorOptions<Case, Input> = {
  readonly name: string;
  readonly casesPerRound: number;
  readonly cases: fc.Arbitrary<Case>;
  readonly render: (one: Case) => Input | Promise<Input>;
  readonly enter: (input: Input) => Outcome | Promise<Outcome>;
  /** The errors by which the door may refuse. Any other is a fault. */
  readonly refuses?: (error: unknown) => boolean;
};

/** What must never be so. It is never taken for a refusal. */
export class Fault extends Error {
  override name = 'Fault';
}

export const insist = (holds: boolean, sentence: string): void => {
  if (!holds) throw new Fault(sentence);
};

const refusal = (error: unknown, refuses: ((error: unknown) => boolean) | undefined): Outcome => {
  if (error instanceof Fault || !refuses?.(error)) throw error;
  insistTellable((error as Error).message);
  return 'refused';
};

export const makeDoor = <Case, Input>({ render, enter, refuses, ...rest }: DoorOptions<Case, Input>): Door => ({
  ...rest,
  tryCase: async (one) => {
    const input = await render(one as Case);
    try {
      return await enter(input);
    } catch (error) {
      return refusal(error, refuses);
    }
  },
  show: async (one) => `${inspected(one)}\n  as ${await shownWhole(() => render(one as Case))}`,
});

const shownMax = 1500;

const inspected = (value: unknown): string =>
  inspect(value, { depth: 8, breakLength: Number.POSITIVE_INFINITY, maxStringLength: 300 }).slice(0, shownMax);

const shownWhole = async (render: () => unknown): Promise<string> => {
  try {
    return shownInput(await render());
  } catch (error) {
    return `nothing, for none could be made: ${(error as Error).stack}`;
  }
};

const shownInput = (input: unknown): string => {
  if (Array.isArray(input) && input.every((part) => part instanceof Uint8Array))
    return input.map(shownInput).join('\n  ');
  if (!(input instanceof Uint8Array)) return inspected(input);
  const text = Buffer.from(input).toString('latin1');
  const more = text.length > shownMax ? '...' : '';
  return `${input.length} bytes: ${JSON.stringify(text.slice(0, shownMax))}${more}`;
};

const tellableMax = 2000;
const unprintable = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/** What is told to people has no long lines, and nothing in it may turn their terminal, or their reading, about. */
export const insistTellable = (message: string): void => {
  insist(message !== '', 'a refusal gives no reason');
  const longest = Math.max(...message.split('\n').map(({ length }) => length));
  insist(longest <= tellableMax, `a reason is ${longest} characters long`);
  insist(!unprintable.test(message), `a reason holds what is not printable: ${JSON.stringify(message)}`);
};
