/** One measurement: said and heard side by side, or counts as a bar. */
import { heardAtLeast, noiseAtMost } from '../../measure/correlation.ts';
import type { AudioResult, MeasureResult } from '../verdict-schema.ts';
import { html, type Html } from './html.ts';

type CountLike = Exclude<MeasureResult, AudioResult>;

export function measureView(measure: MeasureResult): Html {
  return measure.kind === 'audio' ? audioView(measure) : countView(measure);
}

function audioView(measure: AudioResult): Html {
  const { speaker, what, score, floor, outcome, wav, words } = measure;
  return html`<div class="measure">
    <div class="pair">
      <figure>
        <figcaption>What ${speaker} said</figcaption>
        <img
          src="${measure.saidImage}"
          alt="Spectrogram of what ${speaker} said"
          loading="lazy"
        /><audio
          controls
          preload="none"
          src="said/${speaker}.wav"
          aria-label="What ${speaker} said"
        ></audio>
      </figure>
      <figure>
        <figcaption>${sentenceCase(what)}</figcaption>
        ${heardImage(measure)}${wav === null ? undefined : html`<audio controls preload="none" src="${wav}" aria-label="${sentenceCase(what)}"></audio>`}
      </figure>
    </div>
    ${meter({ share: score, outcome, marks: [noiseAtMost, heardAtLeast] })}
    <div class="score">
      <span
        >Correlation with what was said
        <strong class="ink-${outcome}">${score.toFixed(2)}</strong></span
      ><span class="soft"
        >with another voice ${floor.toFixed(2)}; noise up to ${noiseAtMost}, heard from
        ${heardAtLeast}</span
      >
    </div>
    ${
      words === null || words === ''
        ? undefined
        : html`<blockquote>${words}</blockquote>
            <p class="small soft">What a speech recogniser hears in it.</p>`
    }
  </div>`;
}

function heardImage({ heardImage: image, what }: AudioResult): Html {
  return image === null
    ? html`<div class="silence">nothing to play</div>`
    : html`<img src="${image}" alt="Spectrogram: ${what}" loading="lazy" />`;
}

function countView(measure: CountLike): Html {
  const isGuess = measure.kind === 'guess';
  const found = isGuess ? measure.right : measure.found;
  const share = measure.of === 0 ? 0 : found / measure.of;
  const marks = isGuess ? [measure.chance] : [];
  return html`<div class="measure">
    <div class="score">
      <span>${sentenceCase(measure.what)}</span
      ><strong class="ink-${measure.outcome}">${found} of ${measure.of}</strong>
    </div>
    ${meter({ share, outcome: measure.outcome, marks })}
    ${isGuess ? html`<p class="small soft">By chance ${(measure.chance * measure.of).toFixed(1)}; so many by chance alone: probability ${measure.pValue.toPrecision(2)}.</p>` : undefined}
  </div>`;
}

interface Meter {
  /** 0 to 1. */
  readonly share: number;
  readonly outcome: MeasureResult['outcome'];
  /** Thresholds, 0 to 1. */
  readonly marks: readonly number[];
}

function meter({ share, outcome, marks }: Meter): Html {
  const percent = (value: number): string => `${String(Math.round(value * 1000) / 10)}%`;
  const bar = share > 0 ? html`<i style="width:${percent(share)}"></i>` : undefined;
  return html`<div class="meter ink-${outcome}" aria-hidden="true">
    ${bar}${marks.map((mark) => html`<b style="left:${percent(mark)}"></b>`)}
  </div>`;
}

function sentenceCase(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
