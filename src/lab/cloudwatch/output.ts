/** What an answer is made of, in either protocol: dates are timestamps, undefined leaves a member out. */
export type Output =
  string | number | Date | undefined | readonly Output[] | { readonly [name: string]: Output };

export type OutputMembers = Readonly<Record<string, Output>>;

/** The timestamp of an epoch second. */
export function timestamp(epochSecond: number): Date {
  return new Date(epochSecond * 1_000);
}
