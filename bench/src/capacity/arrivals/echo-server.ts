/**
 * socket.io and nothing else: greets, acknowledges with as many bytes as it is asked for, and tells the room
 * of an arrival. What any server on socket.io has to do for one, without knowing what a call is.
 */
import { createServer } from 'node:http';
import process from 'node:process';
import { Server } from 'socket.io';
import { z } from 'zod';

const request = z.object({ room: z.string(), answerBytes: z.int(), eventBytes: z.int() });
const acknowledge = z.function({ input: [z.unknown()], output: z.void() });

const http = createServer();
const io = new Server(http, { serveClient: false, transports: ['websocket'] });
io.on('connection', (socket) => {
  socket.emit('welcome', {});
  socket.on('hello', (_: unknown, answer: unknown) => {
    acknowledge.parse(answer)({});
  });
  socket.on('join', (input: unknown, answer: unknown) => {
    const { room, answerBytes, eventBytes } = request.parse(input);
    void socket.join(room);
    socket.to(room).emit('event', 'x'.repeat(eventBytes));
    acknowledge.parse(answer)('x'.repeat(answerBytes));
  });
});
http.listen(0, '127.0.0.1', () => {
  const address = http.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  process.send?.(`http://127.0.0.1:${address.port}`);
});
process.on('disconnect', () => {
  void io.close();
});
