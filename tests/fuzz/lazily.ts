/** What is made when it is asked for first, and kept: nobody waits for a corpus of which nothing is wanted. */
export const lazily = <Value>(make: () => Value): (() => Value) => {
  let made: { readonly value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
};
