/** What passes the server, by person. */
import type { KeyingMode, Topology } from '@earshot/keying/mode';
import { formatCount } from '../views/format.ts';
import type { LabPerson } from './lab-state.ts';
import { openedWords } from './lab-words.ts';
import { personName } from './person-name.ts';

export interface PeopleTableProps {
  readonly mode: KeyingMode;
  readonly topology: Topology;
  readonly people: readonly LabPerson[];
}

export function PeopleTable({ mode, topology, people }: PeopleTableProps) {
  return (
    <div class="lab-people">
      <table>
        <caption>
          {topology === 'room'
            ? 'Audio forwarded since this page was opened'
            : 'Audio that passed the server'}
        </caption>
        <thead>
          <tr>
            <th scope="col">From</th>
            <th scope="col">Packets</th>
            <th scope="col">Bytes</th>
            <th scope="col">{openedWords[mode]}</th>
          </tr>
        </thead>
        <tbody>
          {people.map(({ id, isPresent, packets, bytes, opened }) => (
            <tr key={id} data-testid="lab-person" data-person-id={id}>
              <th scope="row">
                {personName(people, id)}
                {!isPresent && <small> has left</small>}
              </th>
              <td data-testid="lab-packets" data-value={packets}>
                {formatCount(packets)}
              </td>
              <td>{formatCount(bytes)}</td>
              <td data-testid="lab-opened" data-value={opened}>
                {formatCount(opened)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {people.length === 0 && <p class="quiet">Nobody is in the call.</p>}
    </div>
  );
}
