import { expect, test } from 'vitest';
import { Agenda } from '../../../bench/worlds/agenda.ts';

test('what is planned happens in the order of its time, what is planned for the same time in the order of planning', () => {
  const agenda = new Agenda();
  const happened: string[] = [];
  agenda.at(5, () => happened.push('late'));
  agenda.at(1, () => {
    happened.push('first');
    agenda.at(3, () => happened.push('planned meanwhile'));
  });
  agenda.at(5, () => happened.push('latest'));
  while (agenda.nextAtSeconds !== undefined) agenda.actNext();
  expect(happened).toEqual(['first', 'planned meanwhile', 'late', 'latest']);
});
