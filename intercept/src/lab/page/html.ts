/** Markup with every value escaped, unless it is markup itself. */

export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Value = Html | string | number | undefined | readonly Value[];

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

/** `undefined` writes nothing; a list one after the other. */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Html {
  const text = parts.map((part, i) => part + written(values[i])).join('');
  return new Html(text);
}

function written(value: Value): string {
  if (value === undefined) return '';
  if (value instanceof Html) return value.text;
  if (typeof value === 'string') return value.replaceAll(/[&<>"]/g, (sign) => entities[sign] ?? '');
  return typeof value === 'number' ? String(value) : value.map(written).join('');
}
