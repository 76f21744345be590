/** An answer that is on its way: it is wrapped, so that who waits for the sending does not wait for it too. */
export type Sent<Result> = { readonly answer: Promise<Result> };

/**
 * Sends calls in the order in which they are made, each once the one before is sent. The first failure is the answer
 * of all calls that come after it: what became of a write is then unknown, and nothing may build on it.
 */
export const makeCallOrder = () => {
  let lastSent: Promise<unknown> = Promise.resolve();
  let failure: Error | undefined;

  const fail = (error: unknown): Error => {
    failure ??= error as Error;
    return failure;
  };

  return async <Result>(send: () => Promise<Sent<Result>>): Promise<Result> => {
    const sent = lastSent.then(() => {
      if (failure) throw failure;
      return send();
    });
    lastSent = sent.catch(fail);
    try {
      return await (await sent).answer;
    } catch (error) {
      throw fail(error);
    }
  };
};
