/** A place in a JSON document, as the names on the way to it. */
export type JsonPointer = readonly string[];

/** RFC 6901: empty for the whole, or each step behind a slash, with ~1 for a slash and ~0 for a tilde. */
export const jsonPointerForm = /^(?:\/(?:[^~/]|~[01])*)*$/;

/** Reads a pointer of the right form. */
export const parsePointer = (text: string): JsonPointer =>
  text
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));

const arrayIndex = /^(?:0|[1-9]\d{0,9})$/;

export type Place = { readonly holder: object | undefined; readonly key: string; readonly value: unknown };

const memberOf = (holder: unknown, key: string): Place => {
  const nothing = { holder: undefined, key, value: undefined };
  if (typeof holder !== 'object' || holder === null) return nothing;
  if (Array.isArray(holder) && !arrayIndex.test(key)) return nothing;
  return Object.hasOwn(holder, key) ? { holder, key, value: (holder as Record<string, unknown>)[key] } : nothing;
};

/** What stands at a place, and in what; its value is undefined where there is no such place. */
export const lookUp = (document: unknown, pointer: JsonPointer): Place =>
  pointer.reduce<Place>((place, key) => memberOf(place.value, key), { holder: undefined, key: '', value: document });
