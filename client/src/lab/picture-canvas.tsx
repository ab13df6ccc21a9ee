/** A picture that grows to the right, one column a frame, and scrolls when it is full. */
import { useEffect, useRef } from 'preact/hooks';
import { columnRows } from './frame-columns.ts';
import type { OnColumn, Picture } from './lab-session.ts';

/** 50 frames a second: six seconds. */
const widthColumns = 300;

/** Dark to bright, of equal steps to the eye (after the map "inferno" of Matplotlib, CC0). */
const colours = [
  [0, 0, 4],
  [31, 12, 72],
  [85, 15, 109],
  [136, 34, 106],
  [186, 54, 85],
  [227, 89, 51],
  [249, 140, 10],
  [249, 201, 50],
  [252, 255, 164],
] as const;

export interface PictureCanvasProps {
  readonly caption: string;
  readonly picture: Picture;
  readonly onPaint: (onColumn: OnColumn) => () => void;
}

export function PictureCanvas({ caption, picture, onPaint }: PictureCanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current?.getContext('2d', { willReadFrequently: true });
    if (context === null || context === undefined) return undefined;
    let next = 0;
    return onPaint((brightness) => {
      if (next === widthColumns) {
        context.drawImage(context.canvas, -1, 0);
        next--;
      }
      context.putImageData(columnOf(brightness), next, 0);
      next++;
    });
    // A painter stays for as long as the picture does; the session tells pictures apart.
  }, []);
  return (
    <figure class="lab-picture">
      <canvas
        ref={canvas}
        width={widthColumns}
        height={columnRows}
        data-testid={`picture-${picture}`}
        role="img"
        aria-label={caption}
      />
      <figcaption class="quiet">{caption}</figcaption>
    </figure>
  );
}

function columnOf(brightness: Float32Array): ImageData {
  const column = new ImageData(1, columnRows);
  brightness.forEach((value, row) => {
    column.data.set([...colourOf(value), 255], 4 * row);
  });
  return column;
}

/** @param brightness  0 to 1 */
function colourOf(brightness: number): [number, number, number] {
  const place = Math.max(0, Math.min(1, brightness)) * (colours.length - 1);
  const low = colours[Math.floor(place)] ?? colours[0];
  const high = colours[Math.ceil(place)] ?? low;
  const share = place - Math.floor(place);
  const mixed = (i: 0 | 1 | 2): number => Math.round(low[i] + (high[i] - low[i]) * share);
  return [mixed(0), mixed(1), mixed(2)];
}
