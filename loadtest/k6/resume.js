// Clients that lose their connection again and again, come back where they were, and check that nothing is missing.
//
//   k6 run -e URL=ws://127.0.0.1:8000/ws -e STREAMS=ticker.btc_usdt --vus 100 --duration 60s resume.js

import { Counter, Rate } from 'k6/metrics';
import { WebSocket } from 'k6/experimental/websockets';
import { Sequences } from './sequences.js';

const url = __ENV.URL || 'ws://127.0.0.1:8000/ws';
const streams = (__ENV.STREAMS || 'ticker.btc_usdt').split(',');
const stay = Number(__ENV.STAY || 5) * 1000;

const recovered = new Rate('tidegate_recovered');
const missing = new Counter('tidegate_missing');
const repeated = new Counter('tidegate_repeated');

export const options = {
  thresholds: { tidegate_missing: ['count==0'], tidegate_repeated: ['count==0'] },
};

// Each virtual user has its own, and keeps it from one connection to the next.
const sequences = new Sequences();

export default function () {
  const socket = new WebSocket(url);
  socket.onopen = () => {
    const positions = sequences.known();
    const isFirst = Object.keys(positions).length === 0;
    socket.send(JSON.stringify(isFirst ? { action: 'subscribe', streams } : { action: 'resume', streams, positions }));
    setTimeout(() => socket.close(), stay * (0.5 + Math.random()));
  };
  socket.onmessage = (event) => {
    const message = JSON.parse(event.data);
    if (message.action === 'resumed') for (const stream of message.streams) recovered.add(stream.recovered);
    const verdict = sequences.take(message);
    if (verdict === 'missing') missing.add(1);
    if (verdict === 'repeated') repeated.add(1);
  };
  // A node that is gone or full: not again at once, since the next connection waits for the timer.
  socket.onerror = () => setTimeout(() => {}, 1000);
}
