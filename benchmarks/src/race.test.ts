import { describe, expect, test } from 'vitest';
import { findRaceFlaws } from './race.js';

const landed = (version: number, writer: number) => ({ version, data: { addedBy: `writer-${writer}` } });

describe('a race', () => {
  test('is right when every version has one writer and every writer landed once', () => {
    expect(findRaceFlaws([landed(1, 2), landed(2, 0), landed(3, 1)], 3)).toEqual([]);
  });

  test('is wrong when a version is missing', () => {
    expect(findRaceFlaws([landed(1, 0), landed(3, 1)], 2)).toEqual(['the versions are 1, 3 and not 1 to 2']);
  });

  test('is wrong when a version was won twice', () => {
    expect(findRaceFlaws([landed(1, 0), landed(1, 1)], 2)).toEqual(['the versions are 1, 1 and not 1 to 2']);
  });

  test('is wrong when a writer landed twice and another not at all', () => {
    expect(findRaceFlaws([landed(1, 0), landed(2, 0)], 2)).toEqual([
      'writer-0 landed 2 times',
      'writer-1 landed 0 times',
    ]);
  });
});
