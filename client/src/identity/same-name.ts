/**
 * Whether two names look like one, as in UTS #39 section 4 (skeletons): who pretends to be somebody
 * picks a name that reads the same. Only the letters that names are forged with most are folded;
 * what this misses shows as somebody never met.
 */

/** Cyrillic and Greek letters, and digits, that look like Latin small letters (UTS #39, confusables.txt). */
const lookAlikes: Readonly<Record<string, string>> = {
  ...{ а: 'a', с: 'c', ԁ: 'd', е: 'e', һ: 'h', і: 'i', ј: 'j', к: 'k', ӏ: 'l', м: 'm', п: 'n' },
  ...{ о: 'o', р: 'p', ԛ: 'q', г: 'r', ѕ: 's', т: 't', ц: 'u', ѵ: 'v', ԝ: 'w', х: 'x', у: 'y' },
  ...{ в: 'b', н: 'h', α: 'a', ε: 'e', ι: 'i', κ: 'k', ν: 'v', ο: 'o', ρ: 'p', τ: 't', υ: 'u' },
  ...{ χ: 'x', γ: 'y', β: 'b', η: 'n', '0': 'o', '1': 'l', '|': 'l' },
};

export function isSameName(first: string, second: string): boolean {
  return skeleton(first) === skeleton(second);
}

function skeleton(name: string): string {
  return Array.from(name.normalize('NFKD').toLowerCase())
    .filter(
      (character) => !/[\p{M}\p{C}\p{Z}\p{P}\p{Default_Ignorable_Code_Point}]/u.test(character),
    )
    .map((character) => lookAlikes[character] ?? character)
    .join('');
}
