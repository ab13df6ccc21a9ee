import { expect, it } from 'vitest';
import { html } from './html.ts';

it('escapes values and keeps markup', () => {
  const value = '<img src=x onerror="alert(1)">&';
  expect(html`<p title="${value}">${html`<b>${value}</b>`}</p>`.text).toBe(
    '<p title="&lt;img src=x onerror=&quot;alert(1)&quot;&gt;&amp;"><b>&lt;img src=x onerror=&quot;alert(1)&quot;&gt;&amp;</b></p>',
  );
});

it('writes lists one after the other and nothing for undefined', () => {
  expect(html`${['a', html`<i>b</i>`, 3]}${undefined}`.text).toBe('a<i>b</i>3');
});
