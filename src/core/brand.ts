declare const brand: unique symbol;

/** A value that one parsing function has proved; nothing else makes one. */
export type Brand<Base, Name extends string> = Base & { readonly [brand]: Name };
