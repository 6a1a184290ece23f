// Counts what a client of the `action` dialect gets, and checks that its sequences are contiguous.

'use strict';

// A step of the flow: listens beside what Artillery itself waits for.
function checkSequences(context, events, next) {
  const last = new Map();
  const add = (name) => events.emit('counter', `tidegate.${name}`, 1);
  context.ws.on('message', (data) => {
    const message = JSON.parse(data.toString());
    if (message.action === 'error' || message.rejected) {
      add('errors');
    } else if (message.action === 'gap') {
      add('gaps_told');
      last.set(message.stream, message.to);
    } else if (message.seq !== undefined) {
      add('messages');
      const expected = last.get(message.stream) + 1;
      const first = message.first ?? message.seq;
      if (message.type !== 'snapshot' && first > expected) add('missing');
      if (message.type !== 'snapshot' && first < expected) add('repeated');
      last.set(message.stream, message.seq);
    }
  });
  context.ws.on('close', (code) => {
    if (code !== 1005 && code !== 1000) events.emit('counter', `tidegate.closed_${code}`, 1);
  });
  return next();
}

module.exports = { checkSequences };
