/** Something whose every member is a method that answers later. */
type Asynchronous<T> = { readonly [K in keyof T]: (...args: never[]) => Promise<unknown> };

/** Stands for what `open` gives, which is opened by the first call of any of its methods and used by all. */
export function onFirstCall<T extends Asynchronous<T>>(open: () => Promise<T>): T {
  let opened: Promise<T> | undefined;
  return new Proxy({} as T, {
    get: (_, name) => {
      // A promise that resolves with it asks whether it is one itself.
      if (name === 'then') return undefined;
      return async (...args: never[]) => {
        const real = await (opened ??= open());
        return real[name as keyof T](...args);
      };
    },
  });
}
