// Where a client stands in each of its streams. Knows nothing of k6.

export class Sequences {
  constructor() {
    this.positions = {};
  }

  // What a message means: "reply", "next", "state", "gap" (told), "missing" (not told), "repeated" or "other".
  take(message) {
    if (message.action === 'resumed') {
      for (const stream of message.streams) if (!stream.recovered) delete this.positions[stream.stream];
      return 'reply';
    }
    if (message.action === 'subscribed') return 'reply';
    if (message.action === 'gap') {
      this.positions[message.stream] = { epoch: message.epoch, sequence: message.to };
      return 'gap';
    }
    if (message.seq === undefined) return 'other';
    const last = this.positions[message.stream];
    const first = message.first ?? message.seq;
    this.positions[message.stream] = { epoch: message.epoch ?? last?.epoch, sequence: message.seq };
    if (message.type === 'snapshot') return 'state';
    if (last === undefined || first === last.sequence + 1) return 'next';
    return first > last.sequence + 1 ? 'missing' : 'repeated';
  }

  // Those that a resume may name: an epoch comes with the first snapshot, without it the number alone is checked.
  known() {
    const known = {};
    for (const [stream, position] of Object.entries(this.positions)) {
      known[stream] = position.epoch === undefined ? { sequence: position.sequence } : position;
    }
    return known;
  }
}
