/** What the operator calls somebody: the name they typed, which the server sees. */
import type { LabPerson } from './lab-state.ts';

/** @param id  null: everybody in the call */
export function personName(people: readonly LabPerson[], id: string | null): string {
  if (id === null) return 'everybody';
  return people.find((person) => person.id === id)?.name ?? `participant ${id.slice(0, 5)}…`;
}
