import { describe, expect, test } from 'vitest';
import { shortcutFor, type KeyPress } from './shortcuts.ts';

const press = (key: string, extra: Partial<KeyPress> = {}): KeyPress => ({
  key,
  isTyping: false,
  isModified: false,
  isRepeat: false,
  ...extra,
});

describe('shortcutFor', () => {
  test.each([
    ['m', 'toggle-mute'],
    // Caps lock.
    ['M', 'toggle-mute'],
    ['Escape', 'close-details'],
  ] as const)('%s is %s', (key, shortcut) => {
    expect(shortcutFor(press(key), 'on')).toBe(shortcut);
  });

  test.each([' ', 'Enter', 'Tab', 'ArrowDown', 'n'])(
    '"%s" stays with the focused control',
    (key) => {
      expect(shortcutFor(press(key), 'on')).toBeUndefined();
    },
  );

  test('letters are text while typing; Escape still closes', () => {
    expect(shortcutFor(press('m', { isTyping: true }), 'on')).toBeUndefined();
    expect(shortcutFor(press('Escape', { isTyping: true }), 'on')).toBe('close-details');
  });

  test('letters do nothing when they are switched off; Escape still closes', () => {
    expect(shortcutFor(press('m'), 'off')).toBeUndefined();
    expect(shortcutFor(press('Escape'), 'off')).toBe('close-details');
  });

  test('keys of the browser and held keys do nothing', () => {
    expect(shortcutFor(press('m', { isModified: true }), 'on')).toBeUndefined();
    expect(shortcutFor(press('m', { isRepeat: true }), 'on')).toBeUndefined();
  });
});
