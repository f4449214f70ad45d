import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { messagesAbout, type AlertState, type Message } from '../../drills/shared/messages.ts';
import { startReceiver, type Receiver } from '../../drills/shared/receiver.ts';

const state = (text: string): AlertState => {
  const [fingerprint = '', status, episode = '0'] = text.split(' ');
  return { fingerprint, status: status === 'over' ? 'resolved' : 'firing', labels: {}, startsAt: `2026-01-01T00:0${episode}:00Z` };
};
/** Messages, one a minute, of alerts such as `a on` and `b over`. */
const messages = (...all: readonly (readonly string[])[]): readonly Message[] =>
  all.map((alerts, minute) => ({ at: minute * 60_000, receiver: 'critical-team', alerts: alerts.map(state) }));
const minutes = (fingerprint: string, sent: readonly Message[]): readonly number[] =>
  messagesAbout(fingerprint, sent).map(({ at }) => at / 60_000);

describe('messagesAbout', () => {
  it('a plain incident has two', () => {
    expect(minutes('a', messages(['a on'], ['a over']))).toEqual([0, 1]);
  });

  it('news of another alert of the group is not counted', () => {
    const sent = messages(['a on'], ['a on', 'b on'], ['a on', 'b over'], ['a over', 'b over']);
    expect([minutes('a', sent), minutes('b', sent)]).toEqual([
      [0, 3],
      [1, 2],
    ]);
  });

  it('a message without any news counts for all that are in it', () => {
    const sent = messages(['a on', 'b on', 'c on'], ['a on', 'b over'], ['a on', 'c over'], ['a on', 'b over'], ['a on', 'c over']);
    expect([minutes('a', sent), minutes('b', sent)]).toEqual([
      [0, 3, 4],
      [0, 1, 3],
    ]);
  });

  it('an alert that ends and begins again has two more', () => {
    expect(minutes('a', messages(['a on'], ['a over'], ['a on 2'], ['a over 2']))).toEqual([0, 1, 2, 3]);
  });

  it('what other receivers get at the same webhook is not counted', () => {
    const sent = messages(['a on'], ['a over']);
    const team = sent.map((message) => ({ ...message, receiver: 'team-webhook' }));
    const urgent = sent.map((message) => ({ ...message, receiver: 'emergency' }));
    expect([minutes('a', team), minutes('a', urgent), minutes('a', [...team, ...sent])]).toEqual([[], [0, 1], [0, 1]]);
  });
});

describe('the receiver', () => {
  let receiver: Receiver;
  beforeAll(async () => void (receiver = await startReceiver()));
  afterAll(() => receiver.close());
  const post = async (path: string, ...alerts: readonly string[]): Promise<unknown> =>
    fetch(`http://127.0.0.1:${receiver.port}/${path}`, {
      method: 'POST',
      body: JSON.stringify({ receiver: 'critical-team', alerts: alerts.map(state) }),
    });

  it('keeps every message of the critical webhook, and of its news the first', async () => {
    await post('critical', 'a on');
    await post('critical', 'a on');
    await post('critical', 'a over');
    await post('sms', 'a on');
    expect(receiver.messages.map(({ alerts }) => alerts.map(({ status }) => status))).toEqual([['firing'], ['firing'], ['resolved']]);
    expect(receiver.news.map(({ status }) => status)).toEqual(['firing', 'resolved']);
    expect(messagesAbout('a', receiver.messages)).toHaveLength(3);
  });
});
