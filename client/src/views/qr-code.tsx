/** A QR code as SVG, drawn by us: the library's own output would be markup in a string. */
import qrcode from 'qrcode-generator';
import { useMemo } from 'preact/hooks';

export interface QrCodeProps {
  readonly text: string;
  readonly label: string;
}

/** Light modules around the code, which readers need (ISO/IEC 18004, 5.3.8). */
const quietZone = 4;

export function QrCode({ text, label }: QrCodeProps) {
  const { path, size } = useMemo(() => drawModules(text), [text]);
  const box = size + 2 * quietZone;
  return (
    <svg
      class="qr-code"
      viewBox={`${-quietZone} ${-quietZone} ${box} ${box}`}
      role="img"
      aria-label={label}
      shape-rendering="crispEdges"
      data-testid="qr-code"
    >
      <path d={path} />
    </svg>
  );
}

/** The dark modules as one path, row by row; `size` in modules. */
function drawModules(text: string): { readonly path: string; readonly size: number } {
  // Type 0: the smallest that holds the text. M: up to 15 % of the code may be unreadable.
  const code = qrcode(0, 'M');
  code.addData(text, 'Byte');
  code.make();
  const size = code.getModuleCount();
  let path = '';
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      if (code.isDark(row, column)) path += `M${column} ${row}h1v1h-1z`;
    }
  }
  return { path, size };
}
