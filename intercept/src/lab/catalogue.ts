/** Every file in `attacks/` whose name begins with an id is an attack: `k04-sfu-tap.ts`. */
import { readdirSync } from 'node:fs';
import { isAttack, type Attack } from './attack.ts';

const folder = new URL('../attacks/', import.meta.url);
const attackFile = /^([a-z])(\d\d)-[a-z\d-]+\.ts$/;

/**
 * In the order of the catalogue: K, I, S, M, and by number.
 * @throws TypeError if a file has no attack as its default export, or one of another id than its name's
 */
export async function loadCatalogue(): Promise<readonly Attack[]> {
  const attacks: Attack[] = [];
  for (const name of readdirSync(folder)) {
    const [, letter = '', number] = attackFile.exec(name) ?? [];
    if (number === undefined) continue;
    const module: unknown = await import(new URL(name, folder).href);
    const attack = typeof module === 'object' && module !== null && 'default' in module;
    if (!attack || !isAttack(module.default)) throw new TypeError(`${name} exports no attack`);
    if (module.default.id !== `${letter.toUpperCase()}${String(Number(number))}`) {
      throw new TypeError(`${name} holds ${module.default.id}`);
    }
    attacks.push(module.default);
  }
  return attacks.sort((a, b) => placeOf(a) - placeOf(b));
}

const letters = 'KISMF';

function placeOf({ id }: Attack): number {
  return letters.indexOf(id.charAt(0)) * 100 + Number(id.slice(1));
}
