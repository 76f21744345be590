import { nestsDeeper } from '@alo/contracts';
import fc from 'fast-check';
import { leaf, type Place, placesOf, type Tree, textOf, treeOf } from './json-tree.ts';
import { oddKeys, oddName, oddText } from './odd-texts.ts';

/** One change of a JSON document. `place` counts its places, round and round. */
export type JsonEdit = { readonly place: number } & (
  | { readonly kind: 'put' | 'double'; readonly odd: string }
  | { readonly kind: 'add'; readonly key: string; readonly odd: string }
  | { readonly kind: 'rename'; readonly key: string }
  | { readonly kind: 'remove' }
  | { readonly kind: 'nudge'; readonly by: number }
  /** What stands at a place of another document of the corpus. */
  | { readonly kind: 'graft'; readonly other: number; readonly otherPlace: number }
);

const place = fc.nat(9999);
const key = fc.constantFrom(...oddKeys);
const kind = <Kind extends string>(...kinds: readonly Kind[]) => fc.constantFrom(...kinds);

export const jsonEdit: fc.Arbitrary<JsonEdit> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: kind('put'), place, odd: oddName }) },
  { weight: 3, arbitrary: fc.record({ kind: kind('nudge'), place, by: fc.constantFrom(-1, 1, 10, 1000, -1000) }) },
  { weight: 3, arbitrary: fc.record({ kind: kind('graft'), place, other: fc.nat(999), otherPlace: place }) },
  { weight: 2, arbitrary: fc.record({ kind: kind('remove'), place }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('double'), place, odd: oddName }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('add'), place, key, odd: oddName }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('rename'), place, key }) },
);

const add = (tree: Tree, addedKey: string, value: Tree): void => {
  if (tree.kind === 'object') tree.members.push({ key: addedKey, value });
  if (tree.kind === 'list') tree.items.push(value);
};

/** Times so much, or one more or less. What is no number stays. */
const nudged = (tree: Tree, by: number): Tree => {
  const number = tree.kind === 'leaf' ? Number(tree.text) : Number.NaN;
  if (!Number.isFinite(number)) return tree;
  return leaf(String(Math.abs(by) === 1 ? number + by : number * by));
};

const at = (places: readonly Place[], n: number): Place | undefined => places[n % Math.max(1, places.length)];

const apply = (root: Tree, edit: JsonEdit, corpus: readonly string[]) => {
  const found = at(placesOf(root), edit.place);
  if (!found) return;
  switch (edit.kind) {
    case 'put':
      return found.put(leaf(oddText(edit.odd)));
    case 'double':
      return found.double?.(leaf(oddText(edit.odd)));
    case 'add':
      return add(found.tree, edit.key, leaf(oddText(edit.odd)));
    case 'rename':
      return found.rename?.(edit.key);
    case 'remove':
      return found.remove();
    case 'nudge':
      return found.put(nudged(found.tree, edit.by));
    case 'graft': {
      const other = treeOf(JSON.parse(corpus[edit.other % corpus.length] as string));
      const grafted = at(placesOf(other), edit.otherPlace);
      if (grafted) found.put(grafted.tree);
    }
  }
};

/** Deeper than this a document is sent, and not edited any more. */
const levelsMax = 500;

/** The document as a place of its own, in a list; undefined where the text is none that can be edited. */
const rootOf = (text: string): Extract<Tree, { kind: 'list' }> | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return nestsDeeper(value, levelsMax) ? undefined : { kind: 'list', items: [treeOf(value)] };
  } catch {
    return undefined;
  }
};

/** A JSON text after some changes; what is no JSON any more stays as it is. */
export const editJson = (text: string, edits: readonly JsonEdit[], corpus: readonly string[]): string => {
  const root = edits.length === 0 ? undefined : rootOf(text);
  if (!root) return text;
  for (const edit of edits) apply(root, edit, corpus);
  return root.items.map(textOf).join('');
};
