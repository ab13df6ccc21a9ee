/**
 * What the attacker knows, and what follows from it (Dolev and Yao, 1983): everything that was sent is
 * known and taken apart as far as the keys that are known allow; from what is known, anything can be
 * put together that needs nothing else. Nothing is guessed and no bits are broken.
 */
import { publicValue, term, type Term } from './term.ts';

export class Knowledge {
  readonly #known: Set<Term>;
  /** Sealed with keys not known yet. */
  readonly #closed: Set<Term>;
  readonly #derivable = new Map<Term, boolean>();

  private constructor(known: Iterable<Term>, closed: Iterable<Term>) {
    this.#known = new Set(known);
    this.#closed = new Set(closed);
  }

  static of(terms: Iterable<Term>): Knowledge {
    return new Knowledge([], []).with(terms);
  }

  /** Everything that was seen, taken apart. */
  get seen(): ReadonlySet<Term> {
    return this.#known;
  }

  /** This knowledge and more; the same object where there is nothing new. */
  with(terms: Iterable<Term>): Knowledge {
    const added = [...terms].filter((each) => !this.#known.has(each));
    if (added.length === 0) return this;
    const grown = new Knowledge(this.#known, this.#closed);
    for (const each of added) grown.#learn(each);
    grown.#openClosed();
    return grown;
  }

  derives(wanted: Term): boolean {
    if (this.#known.has(wanted)) return true;
    let answer = this.#derivable.get(wanted);
    if (answer === undefined) {
      answer = this.#composes(wanted);
      this.#derivable.set(wanted, answer);
    }
    return answer;
  }

  #composes({ operation, parts }: Term): boolean {
    const [first, second] = parts;
    switch (operation) {
      case 'constant':
        return true;
      case 'fresh':
        return false;
      case 'shared':
        if (first === undefined || second === undefined) return false;
        return (
          (this.derives(first) && this.derives(publicValue(second))) ||
          (this.derives(second) && this.derives(publicValue(first)))
        );
      case 'kem-secret': {
        if (first === undefined || second === undefined) return false;
        const [decapsulationKey] = first.parts;
        return (
          (this.derives(first) && this.derives(second)) ||
          (decapsulationKey !== undefined &&
            this.derives(decapsulationKey) &&
            this.derives(term('kem-ciphertext', parts)))
        );
      }
      case 'public-value':
      case 'kem-key':
      case 'kem-ciphertext':
      case 'implicit-rejection':
      case 'verification-key':
      case 'signature':
      case 'hash':
      case 'key':
      case 'mac':
      case 'sealed':
      case 'record':
      case 'code':
      case 'ground-nonce':
        return parts.every((part) => this.derives(part));
    }
  }

  #learn(learnt: Term): void {
    if (this.#known.has(learnt)) return;
    this.#known.add(learnt);
    this.#derivable.clear();
    if (learnt.operation === 'record') for (const part of learnt.parts) this.#learn(part);
    if (learnt.operation === 'sealed') this.#closed.add(learnt);
  }

  /** To the fixed point: what one seal held may be the key of another. */
  #openClosed(): void {
    let isGrowing = true;
    while (isGrowing) {
      isGrowing = false;
      for (const each of this.#closed) {
        const [key, content] = each.parts;
        if (key === undefined || content === undefined || !this.derives(key)) continue;
        this.#closed.delete(each);
        this.#learn(content);
        isGrowing = true;
      }
    }
  }
}
