// Clients that subscribe, stay, and check that no message is missing and none comes twice.
//
//   k6 run -e URL=ws://127.0.0.1:8000/ws -e STREAMS=ticker.btc_usdt,trades.btc_usdt --vus 100 --duration 60s stream.js

import { Counter, Trend } from 'k6/metrics';
import { WebSocket } from 'k6/experimental/websockets';
import { Sequences } from './sequences.js';

const url = __ENV.URL || 'ws://127.0.0.1:8000/ws';
const streams = (__ENV.STREAMS || 'ticker.btc_usdt,trades.btc_usdt').split(',');
const stay = Number(__ENV.STAY || 30) * 1000;

const messages = new Counter('tidegate_messages');
const gapsTold = new Counter('tidegate_gaps_told');
const missing = new Counter('tidegate_missing');
const repeated = new Counter('tidegate_repeated');
const refused = new Counter('tidegate_errors');
const closedEarly = new Counter('tidegate_closed_early');
// Only of use where both clocks agree: from the exchange's time to here.
const age = new Trend('tidegate_age', true);

export const options = {
  thresholds: {
    tidegate_messages: ['count>0'],
    tidegate_missing: ['count==0'],
    tidegate_repeated: ['count==0'],
    tidegate_errors: ['count==0'],
    tidegate_closed_early: ['count==0'],
  },
};

export default function () {
  const sequences = new Sequences();
  const socket = new WebSocket(url);
  let leaving = false;
  socket.onopen = () => {
    socket.send(JSON.stringify({ action: 'subscribe', streams }));
    setTimeout(() => {
      leaving = true;
      socket.close();
    }, stay);
  };
  socket.onmessage = (event) => {
    const message = JSON.parse(event.data);
    if (message.action === 'error' || message.rejected) refused.add(1);
    const verdict = sequences.take(message);
    if (message.seq !== undefined) {
      messages.add(1);
      if (message.timestamp && verdict === 'next') age.add(Date.now() - message.timestamp);
    }
    if (verdict === 'gap') gapsTold.add(1);
    if (verdict === 'missing') missing.add(1);
    if (verdict === 'repeated') repeated.add(1);
  };
  socket.onerror = () => refused.add(1);
  socket.onclose = () => {
    if (!leaving) closedEarly.add(1);
  };
}
