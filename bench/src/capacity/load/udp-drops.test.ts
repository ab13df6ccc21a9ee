import { spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import process from 'node:process';
import { expect, it } from 'vitest';
import { udpDropsOf } from './udp-drops.ts';

it.runIf(process.platform === 'linux')(
  'counts what a full socket of the process loses',
  async () => {
    const socket = createSocket('udp4');
    try {
      socket.bind(0, '127.0.0.1');
      await once(socket, 'listening');
      socket.setRecvBufferSize(4096);
      const before = udpDropsOf([process.pid]);
      const sender = `
      const socket = require('node:dgram').createSocket('udp4');
      let left = 500;
      for (let i = left; i > 0; i--) {
        socket.send(Buffer.alloc(1000), ${socket.address().port}, '127.0.0.1', () => --left || socket.close());
      }`;
      // Meanwhile this process reads nothing.
      expect(spawnSync(process.execPath, ['-e', sender]).status).toBe(0);
      expect(udpDropsOf([process.pid]) - before).toBeGreaterThan(400);
      expect(udpDropsOf([])).toBe(0);
    } finally {
      socket.close();
    }
  },
);
