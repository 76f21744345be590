/**
 * JSON as it is written: keys and leaves are texts, so that it can hold what no value can, a key twice or a number of
 * 400 digits.
 */
export type Tree =
  | { readonly kind: 'leaf'; readonly text: string }
  | { readonly kind: 'list'; readonly items: Tree[] }
  | { readonly kind: 'object'; readonly members: Member[] };

export type Member = { readonly key: string; readonly value: Tree };

export const leaf = (text: string): Tree => ({ kind: 'leaf', text });

export const treeOf = (value: unknown): Tree => {
  if (Array.isArray(value)) return { kind: 'list', items: value.map(treeOf) };
  if (typeof value !== 'object' || value === null) return leaf(JSON.stringify(value));
  const members = Object.entries(value).map(([key, member]) => ({ key: JSON.stringify(key), value: treeOf(member) }));
  return { kind: 'object', members };
};

export const textOf = (tree: Tree): string => {
  switch (tree.kind) {
    case 'leaf':
      return tree.text;
    case 'list':
      return `[${tree.items.map(textOf).join()}]`;
    case 'object':
      return `{${tree.members.map(({ key, value }) => `${key}:${textOf(value)}`).join()}}`;
  }
};

/** A place of a tree, by what stands there and what may be done with it. */
export type Place = {
  readonly tree: Tree;
  readonly put: (tree: Tree) => void;
  readonly remove: () => void;
  /** Of a member of an object: another beside it, under the same key, or this one under another. */
  readonly double?: (tree: Tree) => void;
  readonly rename?: (key: string) => void;
};

const inList = (items: Tree[], at: number): Place => ({
  tree: items[at] as Tree,
  put: (tree) => {
    items[at] = tree;
  },
  remove: () => {
    items.splice(at, 1);
  },
});

const inObject = (members: Member[], at: number): Place => {
  const { key, value } = members[at] as Member;
  return {
    tree: value,
    put: (tree) => {
      members[at] = { key, value: tree };
    },
    remove: () => {
      members.splice(at, 1);
    },
    double: (tree) => {
      members.splice(at + 1, 0, { key, value: tree });
    },
    rename: (name) => {
      members[at] = { key: name, value };
    },
  };
};

/** Every place of a tree, each before what stands in it. */
export const placesOf = (tree: Tree): Place[] => {
  if (tree.kind === 'leaf') return [];
  const places =
    tree.kind === 'list'
      ? tree.items.map((_, at) => inList(tree.items, at))
      : tree.members.map((_, at) => inObject(tree.members, at));
  return places.flatMap((place) => [place, ...placesOf(place.tree)]);
};
