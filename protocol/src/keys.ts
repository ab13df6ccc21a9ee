/** The names in a table, as a tuple that schemas of closed unions take. The table must not be empty. */
export function keysOf<T extends object>(table: T): [keyof T & string, ...(keyof T & string)[]] {
  // eslint-disable-next-line @typescript-eslint/no-unsafe-type-assertion -- Object.keys cannot say that a literal has the keys of its type and no others
  return Object.keys(table) as [keyof T & string, ...(keyof T & string)[]];
}
