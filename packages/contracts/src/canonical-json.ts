/** The canonical JSON of RFC 8785 for a value that JSON.parse gave: sorted keys, no white space. */
export const canonicalJson = (value: unknown): string => {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (isFlatAndSorted(value)) return JSON.stringify(value);
  const object = value as Record<string, unknown>;
  const members = Object.keys(object)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(object[key])}`);
  return `{${members.join(',')}}`;
};

/** Such an object is its own canonical form, and nearly all events are. Integer-like keys come first and so are safe too. */
const isFlatAndSorted = (object: object): boolean => {
  let last = '';
  for (const key in object) {
    const value = (object as Record<string, unknown>)[key];
    if (key < last || (typeof value === 'object' && value !== null)) return false;
    last = key;
  }
  return true;
};
