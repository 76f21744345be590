import type { Output } from '@alo/contracts';
import { aloCore } from '@alo/domain';
import type { Core } from '../../packages/runtime/src/core.ts';
import { countingCore } from '../../packages/runtime/src/counting-core.ts';

/** A core whose types do not matter here: a simulation carries its values round and looks into none. */
export type AnyCore = Core<unknown, unknown, unknown, unknown>;

export type CoreName = 'counting' | 'alo';

/** Versions of an engine: one says the same as the first under another name, one says some things otherwise. */
export const versions = ['one', 'same', 'other'] as const;
export type Version = (typeof versions)[number];

const sumOf = (text: string): number => {
  let sum = 0;
  for (let at = 0; at < text.length; at += 1) sum = (sum * 31 + text.charCodeAt(at)) % 65_537;
  return sum;
};

/** Half of all triggers, by their ids, come with another one. */
const saidOtherwise = (output: Output): Output =>
  output.kind === 'trigger' && sumOf(output.trigger.id) % 2 === 0
    ? { ...output, trigger: { ...output.trigger, id: `${output.trigger.id}/other` } as typeof output.trigger }
    : output;

/** The core as an engine of another version has it. What it leaves in the states is the same. */
export const ofVersion = (core: AnyCore, version: Version): AnyCore => {
  if (version !== 'other') return { ...core, version };
  return {
    ...core,
    version,
    settleDue: (...given) => {
      const { outputs, settled } = core.settleDue(...given);
      return { settled, outputs: outputs.map(saidOtherwise) };
    },
    foldRecord: (...given) => {
      const folded = core.foldRecord(...given);
      return { ...folded, outputs: folded.outputs.map(saidOtherwise) };
    },
  };
};

/** The same bytes are read once: they come again at each recovery, and reading them is not what is tried here. */
export const reading = (core: AnyCore): AnyCore => {
  const known = new WeakMap<Uint8Array, { readonly incoming: unknown }>();
  let last = { text: '', header: undefined as unknown };
  return {
    ...core,
    decodeHeader: (text) => {
      if (text !== last.text) last = { text, header: core.decodeHeader(text) };
      return last.header;
    },
    read: (bytes) => {
      let found = known.get(bytes);
      if (!found) {
        found = { incoming: core.read(bytes) };
        known.set(bytes, found);
      }
      return found.incoming;
    },
  };
};

/** The cores as they are, whatever is done to those under test. */
export const trueCores: Readonly<Record<CoreName, AnyCore>> = {
  counting: reading(countingCore() as unknown as AnyCore),
  alo: reading(aloCore as unknown as AnyCore),
};
