type Call = (...parameters: never[]) => Promise<unknown>;

/** The members that are calls with one answer, so not the lists. */
type Calls<C> = Pick<C, { [Name in keyof C]: C[Name] extends Call ? Name : never }[keyof C]>;

/**
 * Returns calls whose code `load` loads when one of them is first used. Most requests to a function call no
 * control plane, and compiling the code of a client takes several milliseconds of a cold start.
 */
export function loadedWhenCalled<C extends object>(load: () => Promise<C>): Calls<C> {
  let loading: Promise<C> | undefined;
  // The proxy has every call, because it looks each up in what was loaded.
  return new Proxy({} as Calls<C>, {
    get:
      (_, name) =>
      async (...parameters: readonly unknown[]) => {
        loading ??= load();
        const calls = await loading;
        return Reflect.apply(Reflect.get(calls, name) as Call, calls, parameters);
      },
  });
}
